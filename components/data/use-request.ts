'use client'

import { useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { requestDetail } from '#lib/contracts/requests'

/** Everything that is kept of one request. Ended requests do not change, so it is read once. */
export function useRequest(id: string | null) {
  return useQuery({
    queryKey: ['request', id],
    queryFn: ({ signal }) =>
      fetchJson(requestDetail, `/api/admin/requests/${encodeURIComponent(id ?? '')}`, { signal }),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
}
