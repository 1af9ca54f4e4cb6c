import { createInviteBody } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  body: createInviteBody,
  async handle({ container, actor, body }) {
    const link = await container.access.invites.create({ ...body, createdBy: actor.id })
    container.log.info({ actor: actor.id, role: body.role }, 'Invitation created')
    return link
  },
})
