'use client'

import { useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { redactionReport } from '#lib/contracts/privacy'

export function useRedactions() {
  return useQuery({
    queryKey: ['redactions'],
    queryFn: ({ signal }) => fetchJson(redactionReport, '/api/admin/privacy/redactions', { signal }),
  })
}
