import { provisionedQuery } from '#lib/contracts/costs'
import { readProvisionedCosts } from '#server/costs/read-provisioned'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  query: provisionedQuery,
  async handle({ container, query: { from, to } }) {
    await container.ledger.caughtUp()
    const fromMs = from === undefined ? null : Date.parse(from)
    return readProvisionedCosts(container, { fromMs, toMs: to === undefined ? null : Date.parse(to) })
  },
})
