import { auditQuery } from '#lib/contracts/audit'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  query: auditQuery,
  async handle({ container, query }) {
    if (query.kind !== 'operators') await container.ledger.caughtUp()
    return container.audit.list(query)
  },
})
