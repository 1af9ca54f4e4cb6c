import { timeRangeQuery } from '#lib/contracts/time-range'
import { defineRoute } from '#server/http/define-route'
import { describeTraffic } from '#server/traffic/describe-traffic'

export const GET = defineRoute({
  role: 'viewer',
  query: timeRangeQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    return describeTraffic(container, query)
  },
})
