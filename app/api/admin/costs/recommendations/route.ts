import { recommendationsQuery } from '#lib/contracts/cost-advice'
import { readRecommendations } from '#server/costs/read-recommendations'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  query: recommendationsQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    const { db, catalog, gateway, clock } = container
    const parts = { db, catalog: catalog.current(), book: gateway.priceBook(), nowMs: clock.nowMs() }
    return readRecommendations(parts, query)
  },
})
