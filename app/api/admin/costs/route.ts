import { costQuery } from '#lib/contracts/costs'
import { toCostRequest } from '#server/costs/cost-request'
import { readCostReport } from '#server/costs/read-cost-report'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  query: costQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    return readCostReport(container.db, toCostRequest(query), container.clock.nowMs())
  },
})
