import { quotaReasonBody } from '#lib/contracts/quotas'
import { defineRoute } from '#server/http/define-route'
import { removeBudget } from '#server/quotas/change-budget'

export const POST = defineRoute({
  role: 'operator',
  audits: 'quota.remove_budget',
  body: quotaReasonBody,
  handle: ({ container, actor, body, params, requestId }) =>
    removeBudget(container, { actor, body: { ...body, id: params.id ?? '' }, requestId }),
})
