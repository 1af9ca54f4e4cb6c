import { updateUserBody } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'

export const PATCH = defineRoute({
  role: 'admin',
  body: updateUserBody,
  async handle({ container, actor, body, params }) {
    const user = await container.access.users.update({ ...body, id: params.id ?? '' })
    container.log.info(
      { actor: actor.id, userId: user.id, role: user.role, disabled: user.disabled },
      'User changed',
    )
    return user
  },
})
