import { acknowledgeBody } from '#lib/contracts/alerts'
import { endSilence } from '#server/alerts/silences'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'alert.end_silence',
  body: acknowledgeBody,
  handle: ({ container, actor, params, body, requestId }) =>
    endSilence(container.alerts.parts, { id: params.id ?? '', actorId: actor.id, requestId, ...body }),
})
