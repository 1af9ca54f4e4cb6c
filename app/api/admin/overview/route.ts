import { overviewQuery } from '#lib/contracts/overview'
import { defineRoute } from '#server/http/define-route'
import { readOverview } from '#server/telemetry/overview'

export const GET = defineRoute({
  role: 'viewer',
  query: overviewQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    return readOverview(container.db, query, container.clock.nowMs())
  },
})
