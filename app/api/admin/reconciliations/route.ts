import { importQuery } from '#lib/contracts/reconciliations'
import { importUpload } from '#server/costs/import-upload'
import { listReconciliations } from '#server/costs/read-reconciliations'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: async ({ container }) => ({ reconciliations: await listReconciliations(container.db) }),
})

export const POST = defineRoute({
  role: 'operator',
  audits: { later: 'reconciliation.import' },
  query: importQuery,
  async handle({ container, actor, query, request, requestId }) {
    const accepted = await importUpload(container, { ...query, actorId: actor.id, request, requestId })
    return Response.json(accepted, { status: accepted.state === 'ready' ? 200 : 202 })
  },
})
