import { verifyAuditBody } from '#lib/contracts/audit'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: async ({ container }) => ({ verifications: await container.audit.verifications.list() }),
})

export const POST = defineRoute({
  role: 'operator',
  audits: 'audit.verify',
  body: verifyAuditBody,
  async handle({ container, actor, body, requestId }) {
    const order = { scope: body.scope, actorId: actor.id, correlationId: requestId }
    return (await container.audit.verifications.begin(order)).view
  },
})
