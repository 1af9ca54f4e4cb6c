import { costChangesQuery } from '#lib/contracts/cost-changes'
import { exportChangesAsCsv } from '#server/costs/export-cost-changes'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  query: costChangesQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    return exportChangesAsCsv(container, query)
  },
})
