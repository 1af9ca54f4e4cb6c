import { acceptInviteBody } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'
import { requestAddress } from '#server/http/request-address'

export const POST = defineRoute({
  role: 'public',
  audits: 'invite.accept',
  body: acceptInviteBody,
  async handle({ container, body, request, requestId }) {
    const user = await container.access.invites.accept(
      {
        ...body,
        along: (tx, { userId, role }) =>
          container.audit.record(tx, {
            action: 'invite.accept',
            actorId: userId,
            resource: 'invite',
            subject: { kind: 'user', id: userId },
            after: { role },
            correlationId: requestId,
          }),
      },
      requestAddress(request),
    )
    container.log.info({ userId: user.userId }, 'Invitation accepted')
    return user
  },
})
