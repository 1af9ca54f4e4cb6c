import { eraseAuditSubjectBody } from '#lib/contracts/audit'
import { eraseFeedback } from '#server/experiments/erase-feedback'
import { defineRoute } from '#server/http/define-route'
import { erasePairs } from '#server/traffic/shadow/shadow-pairs'

export const POST = defineRoute({
  role: 'admin',
  audits: 'subject.erase',
  body: eraseAuditSubjectBody,
  async handle({ container, actor, body, requestId }) {
    const { kind, id } = body
    if (kind === 'creator' || kind === 'fan') {
      const stores = { db: container.db, pseudonyms: container.audit.pseudonyms }
      await eraseFeedback(stores, { kind, id })
      await erasePairs(stores, { kind, id })
    }
    const pseudonyms = await container.audit.erase({
      subject: { kind, id },
      reason: body.reason,
      actorId: actor.id,
      correlationId: requestId,
    })
    return { pseudonyms }
  },
})
