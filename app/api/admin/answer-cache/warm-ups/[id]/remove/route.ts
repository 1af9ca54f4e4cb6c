import { reasonBody } from '#lib/contracts/access'
import { removeWarmUp } from '#server/gateway/cache/warm-up-list'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'answer_cache.remove_warm_up',
  body: reasonBody,
  handle: ({ container, actor, params, body: { reason }, requestId }) =>
    removeWarmUp(container, params.id ?? '', { actor, reason, requestId }),
})
