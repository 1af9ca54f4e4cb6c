'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { fetchJson } from '#components/data/fetch-json'
import { accountRegion, type accountRegionBody } from '#lib/contracts/access'

const address = (accountId: string) => `/api/admin/accounts/${encodeURIComponent(accountId)}/region`

/** The region that all requests of an account prefer or require. */
export function useAccountRegion(accountId: string) {
  return useQuery({
    queryKey: ['account-region', accountId],
    queryFn: ({ signal }) => fetchJson(accountRegion, address(accountId), { signal }),
  })
}

/** Holds on every instance within a second. */
export function useSetAccountRegion(accountId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.input<typeof accountRegionBody>) =>
      fetchJson(accountRegion, address(accountId), { method: 'PUT', body }),
    onSuccess: (after) => client.setQueryData(['account-region', accountId], after),
  })
}
