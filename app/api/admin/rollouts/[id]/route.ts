import { defineRoute } from '#server/http/define-route'
import { describeRollout } from '#server/traffic/describe-rollouts'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container, params }) => describeRollout(container, params.id ?? ''),
})
