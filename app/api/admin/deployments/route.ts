import { describeDeployments } from '#server/deployments/describe-deployments'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({ role: 'viewer', handle: ({ container }) => describeDeployments(container) })
