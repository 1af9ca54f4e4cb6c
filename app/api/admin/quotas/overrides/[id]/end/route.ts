import { quotaReasonBody } from '#lib/contracts/quotas'
import { defineRoute } from '#server/http/define-route'
import { endOverride } from '#server/quotas/change-override'

export const POST = defineRoute({
  role: 'operator',
  audits: 'quota.end_override',
  body: quotaReasonBody,
  handle: ({ container, actor, body, params, requestId }) =>
    endOverride(container, { actor, body: { ...body, id: params.id ?? '' }, requestId }),
})
