import { alertsQuery } from '#lib/contracts/alerts'
import { exportAlerts } from '#server/alerts/export-alerts'
import { defineRoute } from '#server/http/define-route'
import { textStream } from '#server/http/text-stream'

export const GET = defineRoute({
  role: 'viewer',
  query: alertsQuery.omit({ cursor: true, limit: true }),
  async handle({ container, query }) {
    return new Response(textStream(exportAlerts(container.db, query)), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="alerts.csv"',
        'cache-control': 'no-store',
      },
    })
  },
})
