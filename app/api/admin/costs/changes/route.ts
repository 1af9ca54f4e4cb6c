import { costChangesQuery } from '#lib/contracts/cost-changes'
import { readCostChanges } from '#server/costs/read-cost-changes'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  query: costChangesQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    const { db, gateway, clock } = container
    return readCostChanges({ db, book: gateway.priceBook(), nowMs: clock.nowMs() }, query)
  },
})
