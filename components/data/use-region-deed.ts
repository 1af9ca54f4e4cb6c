'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { sendJson } from '#components/data/fetch-json'

/** What an operator does to a region; the words are the API's. */
export type RegionDeed = 'fail-over' | 'fail-back' | 'freeze' | 'unfreeze'

export function useRegionDeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ region, deed, reason }: { region: string; deed: RegionDeed; reason: string }) =>
      sendJson(`/api/admin/regions/${encodeURIComponent(region)}/${deed}`, {
        method: 'POST',
        body: { reason },
      }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['deployments'] }),
        client.invalidateQueries({ queryKey: ['transitions'] }),
      ]),
  })
}
