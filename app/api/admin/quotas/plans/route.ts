import { planBody } from '#lib/contracts/quotas'
import { defineRoute } from '#server/http/define-route'
import { changePlan } from '#server/quotas/change-plan'

export const POST = defineRoute({
  role: 'admin',
  audits: 'quota.change_plan',
  body: planBody,
  handle: ({ container, actor, body, requestId }) => changePlan(container, { actor, body, requestId }),
})
