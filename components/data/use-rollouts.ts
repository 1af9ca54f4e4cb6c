'use client'

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import {
  type PreFlightBody,
  preFlightView,
  type RolloutBodyInput,
  type RolloutOrderBody,
  rolloutDetail,
  rolloutReceipt,
  rolloutsView,
} from '#lib/contracts/rollouts'

/** Every rollout, the newest first. */
export function useRollouts() {
  return useQuery({
    queryKey: ['rollouts'],
    queryFn: ({ signal }) => fetchJson(rolloutsView, '/api/admin/rollouts', { signal }),
    meta: { quietMs: 2_000 },
  })
}

/** One rollout with its history and its curve of evidence. */
export function useRollout(id: string) {
  return useQuery({
    queryKey: ['rollouts', id],
    queryFn: ({ signal }) => fetchJson(rolloutDetail, rolloutPath(id), { signal }),
    meta: { quietMs: 3_000 },
  })
}

/** What the traffic would meet at a candidate; null asks nothing. */
export function usePreFlight(route: PreFlightBody | null) {
  return useQuery({
    queryKey: ['pre-flight', route],
    queryFn: ({ signal }) =>
      fetchJson(preFlightView, '/api/admin/rollouts/pre-flight', { method: 'POST', body: route, signal }),
    enabled: route !== null,
    placeholderData: keepPreviousData,
    retry: false,
  })
}

export function useCreateRollout() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: RolloutBodyInput) =>
      fetchJson(rolloutReceipt, '/api/admin/rollouts', { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['rollouts'] }),
  })
}

/** Also after a refusal the rollout is read again: somebody else may have moved it. */
export function useOrderRollout(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: RolloutOrderBody) =>
      fetchJson(rolloutReceipt, `${rolloutPath(id)}/orders`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['rollouts'] }),
  })
}

function rolloutPath(id: string): string {
  return `/api/admin/rollouts/${encodeURIComponent(id)}`
}
