import { defineRoute } from '#server/http/define-route'
import { readRequest } from '#server/telemetry/read-request'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container, params }) => readRequest(container.db, params.id ?? ''),
})
