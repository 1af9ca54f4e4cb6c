import { withdrawPriceBody } from '#lib/contracts/prices'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  audits: 'price.withdraw',
  body: withdrawPriceBody,
  async handle({ container, actor, params, body: { reason }, requestId }) {
    await container.prices.withdraw(params.id ?? '', { actorId: actor.id, reason, requestId })
    await container.configuration.check()
  },
})
