import { requestsQuery } from '#lib/contracts/requests'
import { defineRoute } from '#server/http/define-route'
import { textStream } from '#server/http/text-stream'
import { exportRequests } from '#server/telemetry/export-requests'

export const GET = defineRoute({
  role: 'viewer',
  query: requestsQuery.omit({ cursor: true, limit: true }),
  async handle({ container, query }) {
    await container.ledger.caughtUp()
    return new Response(
      textStream(exportRequests(container.db, { filter: query, redact: container.redactor.redactTwice })),
      {
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': 'attachment; filename="requests.csv"',
          'cache-control': 'no-store',
        },
      },
    )
  },
})
