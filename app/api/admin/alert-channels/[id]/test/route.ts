import { testChannel } from '#server/alerts/deliveries'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'alert_channel.test',
  handle: async ({ container, actor, params, requestId }) => ({
    delivery: await testChannel(container.alerts.parts, {
      id: params.id ?? '',
      actorId: actor.id,
      reason: 'test button',
      requestId,
    }),
  }),
})
