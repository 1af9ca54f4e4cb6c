import { forecastQuery } from '#lib/contracts/cost-advice'
import { readForecast } from '#server/costs/read-forecast'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  query: forecastQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    return readForecast(container.db, query, container.clock.nowMs())
  },
})
