import { requestsQuery } from '#lib/contracts/requests'
import { defineRoute } from '#server/http/define-route'
import { listRequests } from '#server/telemetry/list-requests'

export const GET = defineRoute({
  role: 'viewer',
  query: requestsQuery,
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    return listRequests(container.db, query)
  },
})
