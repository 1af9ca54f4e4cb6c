import { acceptInviteBody } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'
import { requestAddress } from '#server/http/request-address'

export const POST = defineRoute({
  role: 'public',
  body: acceptInviteBody,
  async handle({ container, body, request }) {
    const user = await container.access.invites.accept(body, requestAddress(request))
    container.log.info({ userId: user.userId }, 'Invitation accepted')
    return user
  },
})
