import { dismissAnomalyBody } from '#lib/contracts/cost-changes'
import { dismissFoundAnomaly } from '#server/costs/dismiss-anomaly'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'cost_anomaly.dismiss',
  body: dismissAnomalyBody,
  async handle({ container, actor, body, requestId }) {
    await container.ledger.caughtUp()
    return dismissFoundAnomaly(container, { body, actorId: actor.id, requestId })
  },
})
