'use client'

import { useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { regionTransitionsView } from '#lib/contracts/regions'
import { transitionsView } from '#lib/contracts/resilience'

/** How a deployment's breakers moved, newest first. */
export function useBreakerTransitions(deploymentId: string) {
  return useQuery({
    queryKey: ['transitions', 'deployment', deploymentId],
    queryFn: ({ signal }) =>
      fetchJson(transitionsView, `/api/admin/deployments/${encodeURIComponent(deploymentId)}/transitions`, {
        signal,
      }),
  })
}

/** How a region moved, newest first. */
export function useRegionTransitions(region: string) {
  return useQuery({
    queryKey: ['transitions', 'region', region],
    queryFn: ({ signal }) =>
      fetchJson(regionTransitionsView, `/api/admin/regions/${encodeURIComponent(region)}/transitions`, {
        signal,
      }),
  })
}
