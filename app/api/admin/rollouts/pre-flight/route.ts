import { preFlightBody } from '#lib/contracts/rollouts'
import { defineRoute } from '#server/http/define-route'
import { planPreFlight } from '#server/traffic/plan-pre-flight'

export const POST = defineRoute({
  role: 'viewer',
  audits: 'nothing',
  about: 'What a target would do with a route’s traffic',
  body: preFlightBody,
  handle: ({ container, body }) => planPreFlight(container, body),
})
