import { defineRoute } from '#server/http/define-route'
import { clearFault } from '#server/simulator/script-fault'

export const DELETE = defineRoute({
  role: 'admin',
  audits: 'simulator.clear_fault',
  handle: async ({ container, actor, params, requestId }) =>
    clearFault(container, { actor, deployment: params.deployment ?? '', requestId }),
})
