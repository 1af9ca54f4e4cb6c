import { dryRunQuery } from '#lib/contracts/traffic'
import { defineRoute } from '#server/http/define-route'
import { forecastRollback } from '#server/traffic/forecast-rollback'

export const GET = defineRoute({
  role: 'viewer',
  query: dryRunQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    return forecastRollback(container, query)
  },
})
