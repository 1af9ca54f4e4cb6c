import type { Me } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'

/** Who is signed in; every page asks, so this is where sessions are prolonged. */
export const GET = defineRoute({
  role: 'viewer',
  async handle({ container, actor, request, requestId }) {
    const headers = new Headers({ 'cache-control': 'no-store', 'x-request-id': requestId })
    const cookies = actor.via === 'session' ? await container.access.auth.prolongSession(request) : []
    for (const cookie of cookies) headers.append('set-cookie', cookie)
    return Response.json(actor satisfies Me, { headers })
  },
})
