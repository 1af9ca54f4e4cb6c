'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { costReport } from '#lib/contracts/costs'

/** A cost report; `query` as `GET /api/admin/costs` takes it. Months change little in a second. */
export function useCosts(query: Readonly<Record<string, string>>) {
  return useQuery({
    queryKey: ['costs', query],
    queryFn: ({ signal }) =>
      fetchJson(costReport, `/api/admin/costs?${new URLSearchParams(query)}`, { signal }),
    placeholderData: keepPreviousData,
    meta: { quietMs: 3_000 },
  })
}
