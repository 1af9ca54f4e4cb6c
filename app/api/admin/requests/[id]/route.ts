import { defineRoute } from '#server/http/define-route'
import { readRequest } from '#server/telemetry/read-request'

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container, params }) {
    await container.ledger.caughtUp()
    return readRequest(container.db, params.id ?? '')
  },
})
