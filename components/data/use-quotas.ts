'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { type BudgetBody, type OverrideBody, type PlanBody, quotasView } from '#lib/contracts/quotas'

/** Plans, use against limits, budgets and exceptions. */
export function useQuotas() {
  return useQuery({
    queryKey: ['quotas'],
    queryFn: ({ signal }) => fetchJson(quotasView, '/api/admin/quotas', { signal }),
    meta: { quietMs: 3_000 },
  })
}

/** One change of what is limited; the page is read again when the server obeys it. */
export type QuotaDeed =
  | { kind: 'plan'; body: PlanBody }
  | { kind: 'budget'; body: BudgetBody }
  | { kind: 'remove_budget'; id: string; accountId: string; reason: string }
  | { kind: 'override'; body: OverrideBody }
  | { kind: 'end_override'; id: string; accountId: string; reason: string }

export function useQuotaDeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (deed: QuotaDeed) => {
      const { path, body } = requestOf(deed)
      return sendJson(`/api/admin/quotas/${path}`, { method: 'POST', body })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['quotas'] }),
  })
}

function requestOf(deed: QuotaDeed): { path: string; body: unknown } {
  if (deed.kind === 'plan') return { path: 'plans', body: deed.body }
  if (deed.kind === 'budget') return { path: 'budgets', body: deed.body }
  if (deed.kind === 'override') return { path: 'overrides', body: deed.body }
  const { id, accountId, reason } = deed
  const [list, verb] = deed.kind === 'remove_budget' ? ['budgets', 'remove'] : ['overrides', 'end']
  return { path: `${list}/${encodeURIComponent(id)}/${verb}`, body: { accountId, reason } }
}
