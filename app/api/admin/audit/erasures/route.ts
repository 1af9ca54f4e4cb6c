import { eraseAuditSubjectBody } from '#lib/contracts/audit'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  audits: 'subject.erase',
  body: eraseAuditSubjectBody,
  async handle({ container, actor, body, requestId }) {
    const pseudonyms = await container.audit.erase({
      subject: { kind: body.kind, id: body.id },
      reason: body.reason,
      actorId: actor.id,
      correlationId: requestId,
    })
    return { pseudonyms }
  },
})
