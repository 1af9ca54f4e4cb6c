'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { costChangesView, type dismissAnomalyBody } from '#lib/contracts/cost-changes'

/** What changed: anomalies of the last four weeks, and the last week against the one before. */
export function useCostChanges(query: Readonly<Record<string, string>>) {
  return useQuery({
    queryKey: ['costs', 'changes', query],
    queryFn: ({ signal }) =>
      fetchJson(costChangesView, `/api/admin/costs/changes?${new URLSearchParams(query)}`, { signal }),
    meta: { quietMs: 120_000 },
  })
}

export function useDismissAnomaly() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.input<typeof dismissAnomalyBody>) =>
      sendJson('/api/admin/costs/changes/dismiss', { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['costs', 'changes'] }),
  })
}

export function useRestoreAnomaly() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/costs/dismissals/${encodeURIComponent(id)}/restore`, {
        method: 'POST',
        body: { reason },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ['costs', 'changes'] }),
  })
}
