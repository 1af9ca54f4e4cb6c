import { purgeAnswersBody } from '#lib/contracts/answer-cache'
import { purgeAnswers } from '#server/gateway/cache/purge-answers'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'answer_cache.purge',
  body: purgeAnswersBody,
  handle: ({ container, actor, body, requestId }) => purgeAnswers(container, { ...body, actor, requestId }),
})
