import { defineRoute } from '#server/http/define-route'
import { probeRoutes } from '#server/traffic/probe-routes'

export const POST = defineRoute({
  role: 'operator',
  audits: 'traffic.probe',
  handle: ({ container, actor, requestId }) => probeRoutes(container, { actor, requestId }),
})
