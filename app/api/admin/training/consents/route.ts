import { adminConsentBody } from '#lib/contracts/training'
import { defineRoute } from '#server/http/define-route'
import { setConsent } from '#server/models/training-consents'

export const POST = defineRoute({
  role: 'operator',
  audits: 'training.consent',
  body: adminConsentBody,
  handle({ container, actor, body, requestId }) {
    const { accountId, reason, ...consent } = body
    const change = { accountId, body: consent, actorId: actor.id, requestId, reason }
    return setConsent(container.models.parts, change)
  },
})
