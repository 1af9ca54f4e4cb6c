import { changeChannelBody, removeChannelBody } from '#lib/contracts/alert-channels'
import { changeChannel, removeChannel } from '#server/alerts/channels'
import { defineRoute } from '#server/http/define-route'

export const PUT = defineRoute({
  role: 'admin',
  audits: 'alert_channel.update',
  body: changeChannelBody,
  handle: ({ container, actor, params, body, requestId }) =>
    changeChannel(container.alerts.parts, { id: params.id ?? '', actorId: actor.id, requestId, ...body }),
})

export const DELETE = defineRoute({
  role: 'admin',
  audits: 'alert_channel.remove',
  body: removeChannelBody,
  handle: ({ container, actor, params, body, requestId }) =>
    removeChannel(container.alerts.parts, { id: params.id ?? '', actorId: actor.id, requestId, ...body }),
})
