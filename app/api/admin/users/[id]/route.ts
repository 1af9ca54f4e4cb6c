import { updateUserBody } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'

export const PATCH = defineRoute({
  role: 'admin',
  audits: 'user.update',
  body: updateUserBody,
  async handle({ container, actor, body, params, requestId }) {
    const id = params.id ?? ''
    const entry = {
      action: 'user.update',
      actorId: actor.id,
      resource: 'user',
      subject: { kind: 'user', id },
      correlationId: requestId,
    } as const
    const user = await container.access.users.update({
      ...body,
      id,
      along: (tx, change) => container.audit.record(tx, { ...entry, ...change }),
    })
    container.log.info(
      { actor: actor.id, userId: user.id, role: user.role, disabled: user.disabled },
      'User changed',
    )
    return user
  },
})
