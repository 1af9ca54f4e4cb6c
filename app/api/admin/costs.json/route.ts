import { costExportQuery } from '#lib/contracts/costs'
import { toCostRequest } from '#server/costs/cost-request'
import { exportCostsAsJson } from '#server/costs/export-costs'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  query: costExportQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    return exportCostsAsJson(container, toCostRequest(query))
  },
})
