import { rolloutBody } from '#lib/contracts/rollouts'
import { defineRoute } from '#server/http/define-route'
import { createRollout } from '#server/traffic/create-rollout'
import { describeRollouts } from '#server/traffic/describe-rollouts'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container }) => describeRollouts(container),
})

export const POST = defineRoute({
  role: 'operator',
  audits: 'rollout.create',
  body: rolloutBody,
  handle: ({ container, actor, body, requestId }) => createRollout(container, { actor, body, requestId }),
})
