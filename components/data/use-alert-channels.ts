'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import {
  alertChannelsView,
  type changeChannelBody,
  channelTest,
  type createChannelBody,
  savedChannel,
} from '#lib/contracts/alert-channels'

const part = encodeURIComponent
const key = ['alert-channels']

export function useAlertChannels(enabled: boolean) {
  return useQuery({
    queryKey: key,
    enabled,
    queryFn: ({ signal }) => fetchJson(alertChannelsView, '/api/admin/alert-channels', { signal }),
  })
}

/** The answer holds the signing secret that was made, once. */
export function useCreateChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.input<typeof createChannelBody>) =>
      fetchJson(savedChannel, '/api/admin/alert-channels', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
    gcTime: 0,
  })
}

/** The answer holds the signing secret that was made, once. */
export function useChangeChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: z.input<typeof changeChannelBody> & { id: string }) =>
      fetchJson(savedChannel, `/api/admin/alert-channels/${part(id)}`, { method: 'PUT', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
    gcTime: 0,
  })
}

export function useTestChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      fetchJson(channelTest, `/api/admin/alert-channels/${part(id)}/test`, { method: 'POST' }),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  })
}

export function useRemoveChannel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/alert-channels/${part(id)}`, { method: 'DELETE', body: { reason } }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}

export function useRetryDelivery() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/alert-deliveries/${part(id)}/retry`, { method: 'POST', body: { reason } }),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  })
}
