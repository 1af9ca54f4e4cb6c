'use client'

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import {
  type ShadowCapBody,
  type ShadowPairsQuery,
  shadowCapReceipt,
  shadowPairsPage,
  shadowView,
} from '#lib/contracts/shadow'

export type PairDifference = NonNullable<ShadowPairsQuery['difference']>

/** What the mirrors of a rollout have cost and found. */
export function useShadow(rolloutId: string) {
  return useQuery({
    queryKey: ['rollouts', rolloutId, 'shadow'],
    queryFn: ({ signal }) => fetchJson(shadowView, `${rolloutPath(rolloutId)}/shadow`, { signal }),
    meta: { quietMs: 2_000 },
  })
}

/** A page of its latest pairs, those with one difference where one is named. */
export function useShadowPairs(
  rolloutId: string,
  { difference, cursor }: { difference: PairDifference | null; cursor: string | null },
) {
  return useQuery({
    queryKey: ['rollouts', rolloutId, 'pairs', difference, cursor],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams({ limit: '10' })
      if (difference !== null) params.set('difference', difference)
      if (cursor !== null) params.set('cursor', cursor)
      return fetchJson(shadowPairsPage, `${rolloutPath(rolloutId)}/pairs?${params}`, { signal })
    },
    placeholderData: keepPreviousData,
    meta: { quietMs: cursor === null ? 2_000 : Number.POSITIVE_INFINITY },
  })
}

/** Where all pairs with one difference (null = all pairs) are one file. */
export function pairsCsvPath(rolloutId: string, difference: PairDifference | null): string {
  return `${rolloutPath(rolloutId)}/pairs.csv${difference === null ? '' : `?difference=${difference}`}`
}

export function useChangeCap(rolloutId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ShadowCapBody) =>
      fetchJson(shadowCapReceipt, `${rolloutPath(rolloutId)}/shadow`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['rollouts'] }),
  })
}

function rolloutPath(id: string): string {
  return `/api/admin/rollouts/${encodeURIComponent(id)}`
}
