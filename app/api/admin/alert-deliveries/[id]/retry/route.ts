import { acknowledgeBody } from '#lib/contracts/alerts'
import { retryDelivery } from '#server/alerts/deliveries'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'alert_channel.retry',
  body: acknowledgeBody,
  async handle({ container, actor, params, body, requestId }) {
    const { parts, job } = container.alerts
    await retryDelivery(parts, { id: params.id ?? '', actorId: actor.id, requestId, ...body })
    await job.send()
  },
})
