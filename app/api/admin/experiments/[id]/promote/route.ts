import { promoteVariantBody } from '#lib/contracts/experiments'
import { promoteVariant } from '#server/experiments/promote-variant'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'experiment.promote',
  body: promoteVariantBody,
  handle: ({ container, actor, body, params, requestId }) =>
    promoteVariant(container, { id: params.id ?? '', actor, body, requestId }),
})
