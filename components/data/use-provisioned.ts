'use client'

import { useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { provisionedCosts } from '#lib/contracts/costs'

/** Provisioned deployments over a span, as `GET /api/admin/costs/provisioned` takes it. */
export function useProvisioned(query: Readonly<Record<string, string>>) {
  return useQuery({
    queryKey: ['costs', 'provisioned', query],
    queryFn: ({ signal }) =>
      fetchJson(provisionedCosts, `/api/admin/costs/provisioned?${new URLSearchParams(query)}`, { signal }),
    meta: { quietMs: 60_000 },
  })
}
