'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import {
  type DeployVersionBody,
  modelsView,
  type PlaceVersionBody,
  type RegisterVersionBody,
  versionHistory,
} from '#lib/contracts/models'

/** Versions, what serves which tier, and what is being deployed. */
export function useModels() {
  return useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => fetchJson(modelsView, '/api/admin/models', { signal }),
    meta: { quietMs: 5_000 },
  })
}

/** One version by day. */
export function useVersionHistory(id: string) {
  return useQuery({
    queryKey: ['models', id, 'history'],
    queryFn: ({ signal }) =>
      fetchJson(versionHistory, `/api/admin/models/${encodeURIComponent(id)}/history?days=14`, { signal }),
    meta: { quietMs: 30_000 },
  })
}

/** One change of what is registered, deployed or placed. */
export type ModelDeed =
  | { kind: 'register'; body: RegisterVersionBody }
  | { kind: 'stage'; id: string; stage: string; reason: string }
  | { kind: 'deploy'; id: string; body: DeployVersionBody }
  | { kind: 'place'; id: string; body: PlaceVersionBody }
  | { kind: 'roll_back'; tier: string; reason: string }
  | { kind: 'remove'; id: string; reason: string }

export function useModelDeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (deed: ModelDeed) => {
      const { path, body } = requestOf(deed)
      return sendJson(`/api/admin/models${path}`, { method: 'POST', body })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['models'] }),
  })
}

function requestOf(deed: ModelDeed): { path: string; body: unknown } {
  if (deed.kind === 'register') return { path: '', body: deed.body }
  if (deed.kind === 'roll_back') return { path: '/roll-back', body: { tier: deed.tier, reason: deed.reason } }
  const id = encodeURIComponent(deed.id)
  if (deed.kind === 'stage') return { path: `/${id}/stage`, body: { stage: deed.stage, reason: deed.reason } }
  if (deed.kind === 'remove') return { path: `/deployments/${id}/remove`, body: { reason: deed.reason } }
  return { path: `/${id}/${deed.kind}`, body: deed.body }
}
