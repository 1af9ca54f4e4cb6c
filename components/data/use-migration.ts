'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import {
  afterCutoverView,
  cutoverView,
  type DualBackfillBody,
  type DualReconciliationBody,
  type DualSwitchBody,
  migrationView,
} from '#lib/contracts/migration'

const root = '/api/admin/migration'
/** Copies and comparisons go on without an event each. */
const busyEveryMs = 1_000

/** The stores that are written twice while they move; read every second while one is copied or compared. */
export function useMigration() {
  return useQuery({
    queryKey: ['migration', 'streams'],
    queryFn: ({ signal }) => fetchJson(migrationView, root, { signal }),
    refetchInterval: ({ state }) => {
      const switches = state.data?.streams.flatMap((stream) => stream.switches) ?? []
      return switches.some(({ copy, comparison }) => copy.state === 'running' || comparison.running)
        ? busyEveryMs
        : false
    },
    meta: { quietMs: 1_500 },
  })
}

/** Routes that leave an old provider, held against the criteria. */
export function useCutover() {
  return useQuery({
    queryKey: ['migration', 'cutover'],
    queryFn: ({ signal }) => fetchJson(cutoverView, `${root}/cutover`, { signal }),
    meta: { quietMs: 5_000 },
  })
}

/** Routes that have left one, against their frozen baseline. */
export function useAfterCutover() {
  return useQuery({
    queryKey: ['migration', 'after'],
    queryFn: ({ signal }) => fetchJson(afterCutoverView, `${root}/after`, { signal }),
    meta: { quietMs: 5_000 },
  })
}

/** One order to a stream, as the API takes it. */
export type DualWriteOrder =
  | { what: 'switches'; body: DualSwitchBody }
  | { what: 'backfills'; body: DualBackfillBody }
  | { what: 'reconciliations'; body: DualReconciliationBody }

export function useDualWriteOrder() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ what, body }: DualWriteOrder) => sendJson(`${root}/${what}`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['migration'] }),
  })
}
