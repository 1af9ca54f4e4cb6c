import { budgetBody } from '#lib/contracts/quotas'
import { defineRoute } from '#server/http/define-route'
import { setBudget } from '#server/quotas/change-budget'

export const POST = defineRoute({
  role: 'operator',
  audits: 'quota.set_budget',
  body: budgetBody,
  handle: ({ container, actor, body, requestId }) => setBudget(container, { actor, body, requestId }),
})
