import { auditExportQuery } from '#lib/contracts/audit'
import { defineRoute } from '#server/http/define-route'
import { textStream } from '#server/http/text-stream'

export const GET = defineRoute({
  role: 'operator',
  query: auditExportQuery,
  async handle({ container, actor, query, requestId }) {
    await container.audit.record(container.db.orm, {
      action: 'audit.export',
      actorId: actor.id,
      resource: 'audit/export',
      after: query,
      correlationId: requestId,
    })
    return new Response(textStream(container.audit.exportLines(query)), {
      headers: {
        'content-type': 'application/jsonl; charset=utf-8',
        'content-disposition': 'attachment; filename="audit.jsonl"',
        'cache-control': 'no-store',
      },
    })
  },
})
