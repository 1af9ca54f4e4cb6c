import { readVariance } from '#server/costs/read-reconciliations'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container, params }) {
    await container.ledger.caughtUp()
    return readVariance(container.db, { id: params.id ?? '', book: container.prices.current() })
  },
})
