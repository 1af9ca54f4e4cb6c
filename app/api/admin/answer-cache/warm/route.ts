import { warmAnswersBody } from '#lib/contracts/answer-cache'
import { orderWarmUp } from '#server/gateway/cache/warm-up-list'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'answer_cache.warm_up',
  body: warmAnswersBody,
  handle: ({ container, actor, body: { reason }, requestId }) =>
    orderWarmUp(container, { actor, reason, requestId }),
})
