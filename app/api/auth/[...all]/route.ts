import { defineRoute } from '#server/http/define-route'

const handler = defineRoute({
  role: 'public',
  handle: ({ container, request }) => container.access.auth.handle(request),
})

export { handler as GET, handler as POST }
