import { dualReconciliationBody } from '#lib/contracts/migration'
import { defineRoute } from '#server/http/define-route'
import { startReconciliation } from '#server/migration/operate-dual-write'

export const POST = defineRoute({
  role: 'operator',
  audits: ['dual_write.compare', 'dual_write.repair'],
  body: dualReconciliationBody,
  handle: ({ container, actor, body, requestId }) =>
    startReconciliation(container, { body, actor, requestId }),
})
