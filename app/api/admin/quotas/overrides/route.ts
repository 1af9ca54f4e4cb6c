import { overrideBody } from '#lib/contracts/quotas'
import { defineRoute } from '#server/http/define-route'
import { setOverride } from '#server/quotas/change-override'

export const POST = defineRoute({
  role: 'operator',
  audits: 'quota.override',
  body: overrideBody,
  handle: ({ container, actor, body, requestId }) => setOverride(container, { actor, body, requestId }),
})
