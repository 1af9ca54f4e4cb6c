import { auditQuery } from '#lib/contracts/audit'
import { defineRoute } from '#server/http/define-route'
import { textStream } from '#server/http/text-stream'

export const GET = defineRoute({
  role: 'viewer',
  query: auditQuery.omit({ cursor: true, limit: true }),
  about: 'The filtered audit entries as CSV',
  async handle({ container, actor, query, requestId }) {
    if (query.kind !== 'operators') await container.ledger.caughtUp()
    // Filters may name persons, so that only their names are kept.
    await container.audit.record(container.db.orm, {
      action: 'audit.export',
      actorId: actor.id,
      resource: 'audit/csv',
      after: { filters: Object.keys(query).toSorted() },
      correlationId: requestId,
    })
    return new Response(textStream(container.audit.exportCsv(query)), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="audit.csv"',
        'cache-control': 'no-store',
      },
    })
  },
})
