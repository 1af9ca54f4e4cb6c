import { readSigningKeys } from '#server/audit/signing-keys'
import { attachment } from '#server/costs/attachment'
import { defineRoute } from '#server/http/define-route'
import { signCutoverReport } from '#server/migration/describe-cutover'

export const GET = defineRoute({
  role: 'operator',
  about: 'The checklist of one route, signed; npm run audit:verify verifies it',
  async handle({ container, actor, params, requestId }) {
    const id = params.id ?? ''
    const report = await signCutoverReport(container, { id, keys: readSigningKeys(container.env) })
    await container.audit.record(container.db.orm, {
      action: 'cutover.export',
      actorId: actor.id,
      resource: `rollout/${id}`,
      correlationId: requestId,
    })
    return attachment(report, `cutover-${id}.json`)
  },
})
