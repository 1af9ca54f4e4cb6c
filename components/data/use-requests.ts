'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { type RequestFilters, requestParameters } from '#components/data/request-filters'
import { requestsPage } from '#lib/contracts/requests'
import type { TimeRangeQuery } from '#lib/contracts/time-range'

export const requestsPageSize = 50

/** One page of requests, newest first; the first page is renewed as requests come in. */
export function useRequests(parts: {
  filters: RequestFilters
  range: TimeRangeQuery
  cursor: string | null
}) {
  return useQuery({
    queryKey: ['requests', parts],
    queryFn: ({ signal }) => {
      const params = requestParameters({ ...parts, nowMs: Date.now(), limit: requestsPageSize })
      return fetchJson(requestsPage, `/api/admin/requests?${params}`, { signal })
    },
    placeholderData: keepPreviousData,
    meta: { quietMs: parts.cursor ? Number.POSITIVE_INFINITY : 900 },
  })
}
