import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container }) => container.audit.describe(),
})
