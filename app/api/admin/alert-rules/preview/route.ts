import { previewRuleBody } from '#lib/contracts/alerts'
import { previewOnPast } from '#server/alerts/preview-rule'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'viewer',
  audits: 'nothing',
  body: previewRuleBody,
  handle: ({ container, body }) => previewOnPast(container.db, body.rule, container.clock.nowMs()),
})
