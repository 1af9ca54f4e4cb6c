'use client'

import { useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { deploymentsView } from '#lib/contracts/deployments'

/** The catalog with each deployment's state and traffic of the last 15 minutes. */
export function useDeployments() {
  return useQuery({
    queryKey: ['deployments'],
    queryFn: ({ signal }) => fetchJson(deploymentsView, '/api/admin/deployments', { signal }),
    meta: { quietMs: 1_500 },
  })
}
