import { reasonBody } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  body: reasonBody,
  async handle({ container, actor, body, params, requestId }) {
    const entry = {
      action: 'api_key.revoke',
      actorId: actor.id,
      resource: 'api_key',
      subject: { kind: 'api_key', id: params.id ?? '' },
      reason: body.reason,
      correlationId: requestId,
    } as const
    const key = await container.access.keys.revoke({
      id: params.id ?? '',
      reason: body.reason,
      revokedBy: actor.id,
      along: (tx, { after }) => container.audit.record(tx, { ...entry, after }),
    })
    container.log.info({ actor: actor.id, keyId: key.id }, 'API key revoked')
    return key
  },
})
