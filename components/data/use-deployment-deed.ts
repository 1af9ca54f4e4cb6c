'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { testCallView } from '#lib/contracts/resilience'

/** What an operator does to a deployment; the words are the API's. */
export type DeploymentDeed = 'isolate' | 'release' | 'close' | 'drain' | 'undrain'

export interface DeploymentOrder {
  id: string
  deed: DeploymentDeed
  reason: string
  /** Milliseconds an isolation lasts; null until somebody releases it. Other deeds have no end. */
  forMs?: number | null
}

export function useDeploymentDeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, deed, ...body }: DeploymentOrder) =>
      sendJson(`/api/admin/deployments/${encodeURIComponent(id)}/${deed}`, { method: 'POST', body }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['deployments'] }),
        client.invalidateQueries({ queryKey: ['transitions'] }),
      ]),
  })
}

/** One small call past breakers and plan. That the deployment did not answer is a result, not an error. */
export function useTestCall(id: string) {
  return useMutation({
    mutationFn: () =>
      fetchJson(testCallView, `/api/admin/deployments/${encodeURIComponent(id)}/test`, { method: 'POST' }),
  })
}
