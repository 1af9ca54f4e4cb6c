import { dualBackfillBody } from '#lib/contracts/migration'
import { defineRoute } from '#server/http/define-route'
import { operateBackfill } from '#server/migration/operate-dual-write'

export const POST = defineRoute({
  role: 'operator',
  audits: ['dual_write.start_copy', 'dual_write.pause_copy'],
  body: dualBackfillBody,
  handle: ({ container, actor, body, requestId }) => operateBackfill(container, { body, actor, requestId }),
})
