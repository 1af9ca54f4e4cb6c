import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container }) {
    await container.ledger.caughtUp()
    return container.capacity.describe()
  },
})
