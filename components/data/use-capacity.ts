'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { type applyCapacityBody, capacityView } from '#lib/contracts/capacity'

/** The capacity plan over the last five minutes, and what was changed before. */
export function useCapacity() {
  return useQuery({
    queryKey: ['capacity'],
    queryFn: ({ signal }) => fetchJson(capacityView, '/api/admin/capacity', { signal }),
    meta: { quietMs: 5_000 },
  })
}

export function useApplyCapacity() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & z.input<typeof applyCapacityBody>) =>
      sendJson(`/api/admin/capacity/${encodeURIComponent(id)}/apply`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['capacity'] }),
  })
}

export function useDismissCapacity() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/capacity/${encodeURIComponent(id)}/dismiss`, { method: 'POST', body: { reason } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['capacity'] }),
  })
}
