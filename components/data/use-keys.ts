'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { createdKey, type createKeyBody, keysView } from '#lib/contracts/access'

/** API keys, without their secrets. */
export function useKeys() {
  return useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => fetchJson(keysView, '/api/admin/keys', { signal }),
  })
}

/** The answer holds the secret, once. */
export function useCreateKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.input<typeof createKeyBody>) =>
      fetchJson(createdKey, '/api/admin/keys', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
    gcTime: 0,
  })
}

/** When the answer is here, the key is refused everywhere in this process. */
export function useRevokeKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/keys/${encodeURIComponent(id)}/revoke`, { method: 'POST', body: { reason } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  })
}
