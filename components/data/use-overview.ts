'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { overview } from '#lib/contracts/overview'
import type { TimeRangeQuery } from '#lib/contracts/time-range'

/** Traffic, latency and cost of a time range, renewed as traffic comes in. */
export function useOverview(range: TimeRangeQuery, tier: string | null) {
  return useQuery({
    queryKey: ['overview', range, tier],
    queryFn: ({ signal }) =>
      fetchJson(overview, `/api/admin/overview?${parameters(range, tier)}`, { signal }),
    placeholderData: keepPreviousData,
    meta: { quietMs: range.range === '15m' || range.range === '1h' ? 1_500 : 10_000 },
  })
}

function parameters(range: TimeRangeQuery, tier: string | null): URLSearchParams {
  const params = new URLSearchParams({ range: range.range })
  if (range.from) params.set('from', range.from)
  if (range.to) params.set('to', range.to)
  if (tier) params.set('tier', tier)
  return params
}
