import { addWarmUpBody } from '#lib/contracts/answer-cache'
import { addWarmUp, describeWarmUps } from '#server/gateway/cache/warm-up-list'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'operator',
  handle: async ({ container }) => ({ items: await describeWarmUps(container) }),
})

export const POST = defineRoute({
  role: 'operator',
  audits: 'answer_cache.add_warm_up',
  body: addWarmUpBody,
  handle: ({ container, actor, body: { reason, ...item }, requestId }) =>
    addWarmUp(container, item, { actor, reason, requestId }),
})
