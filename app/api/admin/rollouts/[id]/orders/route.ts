import { rolloutOrderBody } from '#lib/contracts/rollouts'
import { defineRoute } from '#server/http/define-route'
import { operateRollout } from '#server/traffic/operate-rollout'

export const POST = defineRoute({
  role: 'operator',
  body: rolloutOrderBody,
  handle: async ({ container, actor, body, params, requestId }) => {
    const id = params.id ?? ''
    return { id, ...(await operateRollout(container, { id, actor, body, requestId })) }
  },
})
