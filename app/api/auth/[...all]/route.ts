import { defineRoute } from '#server/http/define-route'

const handler = defineRoute({
  role: 'public',
  handle: ({ container, request, requestId }) => container.access.auth.handle(request, requestId),
})

export { handler as GET, handler as POST }
