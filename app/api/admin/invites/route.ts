import { createInviteBody } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  audits: 'invite.create',
  body: createInviteBody,
  async handle({ container, actor, body, requestId }) {
    const entry = { action: 'invite.create', actorId: actor.id, resource: 'invite' } as const
    const subject = body.email === null ? null : ({ kind: 'email', id: body.email.toLowerCase() } as const)
    const link = await container.access.invites.create({
      ...body,
      createdBy: actor.id,
      along: (tx, change) =>
        container.audit.record(tx, { ...entry, ...change, subject, correlationId: requestId }),
    })
    container.log.info({ actor: actor.id, role: body.role }, 'Invitation created')
    return link
  },
})
