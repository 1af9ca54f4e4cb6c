import { reasonedBody } from '#lib/contracts/resilience'
import { restoreAnomaly } from '#server/costs/dismissals'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'cost_anomaly.restore',
  body: reasonedBody,
  async handle({ container, actor, body, params, requestId }) {
    const { db, clock, audit, redactor } = container
    const parts = { db, nowMs: clock.nowMs(), record: audit.record, redactTwice: redactor.redactTwice }
    await restoreAnomaly(parts, { id: params.id ?? '', actorId: actor.id, reason: body.reason, requestId })
    await container.configuration.check()
  },
})
