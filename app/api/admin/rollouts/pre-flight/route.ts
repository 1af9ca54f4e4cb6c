import { preFlightBody } from '#lib/contracts/rollouts'
import { defineRoute } from '#server/http/define-route'
import { planPreFlight } from '#server/traffic/plan-pre-flight'

export const POST = defineRoute({
  role: 'viewer',
  body: preFlightBody,
  handle: ({ container, body }) => planPreFlight(container, body),
})
