import { newPriceBody } from '#lib/contracts/prices'
import { describePrices, toModelPrice } from '#server/costs/describe-prices'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: async ({ container }) => describePrices(container.prices.current(), container.clock.nowMs()),
})

export const POST = defineRoute({
  role: 'admin',
  audits: 'price.add',
  body: newPriceBody,
  async handle({ container, actor, body, requestId }) {
    const change = { actorId: actor.id, reason: body.reason, requestId }
    const id = await container.prices.add(toModelPrice(body), change)
    await container.configuration.check()
    return { id, version: container.prices.current().version }
  },
})
