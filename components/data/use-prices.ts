'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { type newPriceBody, pricesView } from '#lib/contracts/prices'

/** The price book, every price that was not withdrawn. */
export function usePrices() {
  return useQuery({
    queryKey: ['prices'],
    queryFn: ({ signal }) => fetchJson(pricesView, '/api/admin/prices', { signal }),
  })
}

/** When the answer is here, this process prices by it; the others within a second. */
export function useAddPrice() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.input<typeof newPriceBody>) =>
      sendJson('/api/admin/prices', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['prices'] }),
  })
}

export function useWithdrawPrice() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/prices/${encodeURIComponent(id)}/withdraw`, { method: 'POST', body: { reason } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['prices'] }),
  })
}
