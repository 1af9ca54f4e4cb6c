import { reasonedBody } from '#lib/contracts/resilience'
import { removeReconciliation } from '#server/costs/remove-reconciliation'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'reconciliation.remove',
  body: reasonedBody,
  handle: ({ container: { db, audit }, actor, body, params, requestId }) =>
    removeReconciliation(
      { db, record: audit.record },
      { id: params.id ?? '', actorId: actor.id, reason: body.reason, requestId },
    ),
})
