import { exportVarianceAsCsv } from '#server/costs/export-variance'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container, params }) {
    await container.ledger.caughtUp()
    return exportVarianceAsCsv(container, params.id ?? '')
  },
})
