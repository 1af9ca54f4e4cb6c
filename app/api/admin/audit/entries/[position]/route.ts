import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container, params }) => container.audit.read(Number(params.position)),
})
