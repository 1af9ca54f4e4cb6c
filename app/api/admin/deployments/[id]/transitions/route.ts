import type { TransitionsView } from '#lib/contracts/resilience'
import { requireDeployment } from '#server/deployments/operate-deployment'
import { defineRoute } from '#server/http/define-route'

const shown = 100

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container, params }): Promise<TransitionsView> {
    const id = requireDeployment(container, params)
    return { transitions: await container.gateway.breakers.transitions(id, shown) }
  },
})
