'use client'

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import type { TimeRangeQuery } from '#lib/contracts/time-range'
import { dryRunView, switchResultView, type TrafficView, trafficView } from '#lib/contracts/traffic'
import type { SwitchScope } from '#lib/traffic/traffic-config'

const pendingEveryMs = 1_000

/** Who serves what over a range, and how the way back stands; read every second while an instance is behind. */
export function useTraffic(range: TimeRangeQuery = { range: '15m' }) {
  return useQuery({
    queryKey: ['traffic', range],
    queryFn: ({ signal }) => fetchJson(trafficView, `/api/admin/traffic?${parameters(range)}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isPending(state.data) ? pendingEveryMs : false),
    meta: { quietMs: 1_500 },
  })
}

function isPending(view: TrafficView | undefined): boolean {
  return view?.instances.some(({ state }) => state === 'behind') ?? false
}

function parameters({ range, from, to }: TimeRangeQuery): URLSearchParams {
  return new URLSearchParams({ range, ...(from ? { from } : {}), ...(to ? { to } : {}) })
}

/** The same of the last 15 minutes, for the frame around every page: read again when the configuration moves, not with traffic. */
export function useSwitches() {
  return useQuery({
    queryKey: ['traffic-switches'],
    queryFn: ({ signal }) => fetchJson(trafficView, '/api/admin/traffic', { signal }),
  })
}

/** What throwing a switch of this scope would do by now; null asks nothing. */
export function useDryRun(scope: SwitchScope | null) {
  return useQuery({
    queryKey: ['traffic-dry-run', scope],
    queryFn: ({ signal }) =>
      fetchJson(dryRunView, `/api/admin/traffic/dry-run?${scopeParameters(scope)}`, { signal }),
    enabled: scope !== null,
    staleTime: 5_000,
  })
}

function scopeParameters(scope: SwitchScope | null): URLSearchParams {
  const fields: [string, string | null][] = Object.entries(scope ?? {})
  return new URLSearchParams(fields.flatMap(([name, value]) => (value === null ? [] : [[name, value]])))
}

interface Said {
  reason: string
  confirmation: string
}

/** Throws the switch; the answer says who obeyed. */
export function useThrowSwitch() {
  return useSwitchDeed(({ scope, ...said }: Said & { scope: SwitchScope }) => ({
    path: '/api/admin/traffic/switches',
    body: { scope, ...said },
  }))
}

/** Takes a switch back. */
export function useReturnSwitch() {
  return useSwitchDeed(({ id, ...said }: Said & { id: string }) => ({
    path: `/api/admin/traffic/switches/${encodeURIComponent(id)}/return`,
    body: said,
  }))
}

function useSwitchDeed<Asked>(order: (asked: Asked) => { path: string; body: object }) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (asked: Asked) => {
      const { path, body } = order(asked)
      return fetchJson(switchResultView, path, { method: 'POST', body })
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['traffic'] }),
        client.invalidateQueries({ queryKey: ['traffic-switches'] }),
      ]),
  })
}

/** Probes every legacy route now. */
export function useProbeRoutes() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => sendJson('/api/admin/traffic/probes', { method: 'POST' }),
    onSettled: () => client.invalidateQueries({ queryKey: ['traffic'] }),
  })
}
