import { readAnswerCache } from '#server/gateway/cache/read-answer-cache'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container }) {
    await container.ledger.caughtUp()
    return readAnswerCache(container)
  },
})
