import { summariseAlerts } from '#server/alerts/list-alerts'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container }) => summariseAlerts(container.db, container.alerts.job.evaluatedAtMs()),
})
