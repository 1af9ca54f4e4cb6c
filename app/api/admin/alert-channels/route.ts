import { createChannelBody } from '#lib/contracts/alert-channels'
import { createChannel, readChannels } from '#server/alerts/channels'
import { readDeliveries } from '#server/alerts/deliveries'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'operator',
  async handle({ container }) {
    const [channels, deliveries] = await Promise.all([
      readChannels(container.db),
      readDeliveries(container.db, { limit: 100 }),
    ])
    return { channels, deliveries }
  },
})

export const POST = defineRoute({
  role: 'admin',
  audits: 'alert_channel.create',
  body: createChannelBody,
  handle: ({ container, actor, body, requestId }) =>
    createChannel(container.alerts.parts, { actorId: actor.id, requestId, ...body }),
})
