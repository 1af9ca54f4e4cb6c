import { reasonBody } from '#lib/contracts/access'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  audits: 'api_key.revoke',
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
      along: (tx, change) => container.audit.record(tx, { ...entry, ...change }),
    })
    container.log.info({ actor: actor.id, keyId: key.id }, 'API key revoked')
    return key
  },
})
