import { overviewQuery } from '#lib/contracts/overview'
import { defineRoute } from '#server/http/define-route'
import { readOverview } from '#server/telemetry/overview'

export const GET = defineRoute({
  role: 'viewer',
  query: overviewQuery,
  handle: ({ container, query }) => readOverview(container.db, query, container.clock.nowMs()),
})
