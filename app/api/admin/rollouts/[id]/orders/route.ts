import { rolloutOrderBody } from '#lib/contracts/rollouts'
import { defineRoute } from '#server/http/define-route'
import { operateRollout } from '#server/traffic/operate-rollout'

export const POST = defineRoute({
  role: 'operator',
  about: 'Starts, approves, holds, pauses, steps down or rolls back',
  audits: [
    'rollout.start',
    'rollout.approve',
    'rollout.hold',
    'rollout.release',
    'rollout.pause',
    'rollout.resume',
    'rollout.step_down',
    'rollout.roll_back',
    'rollout.retire',
  ],
  body: rolloutOrderBody,
  handle: async ({ container, actor, body, params, requestId }) => {
    const id = params.id ?? ''
    return { id, ...(await operateRollout(container, { id, actor, body, requestId })) }
  },
})
