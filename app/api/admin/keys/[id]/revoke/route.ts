import { reasonBody } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  body: reasonBody,
  async handle({ container, actor, body, params }) {
    const key = await container.access.keys.revoke({
      id: params.id ?? '',
      reason: body.reason,
      revokedBy: actor.id,
    })
    container.log.info({ actor: actor.id, keyId: key.id }, 'API key revoked')
    return key
  },
})
