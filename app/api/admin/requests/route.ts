import { requestsQuery } from '#lib/contracts/requests'
import { defineRoute } from '#server/http/define-route'
import { listRequests } from '#server/telemetry/list-requests'

export const GET = defineRoute({
  role: 'viewer',
  query: requestsQuery,
  handle: ({ container, query }) => listRequests(container.db, query),
})
