'use client'

import { useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { status } from '#lib/contracts/status'

/** The running program as the frame shows it. */
export function useStatus() {
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => fetchJson(status, '/api/admin/status', { signal }),
    staleTime: 10_000,
  })
}
