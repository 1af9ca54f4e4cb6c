import { alertsQuery } from '#lib/contracts/alerts'
import { listAlerts } from '#server/alerts/list-alerts'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  query: alertsQuery,
  handle: ({ container, query }) => listAlerts(container.db, query),
})
