import { dryRunBody } from '#lib/contracts/traffic'
import { defineRoute } from '#server/http/define-route'
import { forecastRollback } from '#server/traffic/forecast-rollback'

export const POST = defineRoute({
  role: 'viewer',
  body: dryRunBody,
  async handle({ container, body }) {
    await container.ledger.caughtUp()
    return forecastRollback(container, body.scope)
  },
})
