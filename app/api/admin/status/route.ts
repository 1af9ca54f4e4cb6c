import { defineRoute } from '#server/http/define-route'
import { describeStatus } from '#server/telemetry/describe-status'

export const GET = defineRoute({ role: 'viewer', handle: async ({ container }) => describeStatus(container) })
