import { createKeyBody, type KeysView } from '#lib/contracts/access'
import { requireKnownRegion, requireRegionOfAccount } from '#server/access/require-region'
import { defineRoute } from '#server/http/define-route'
import { requireKnownPlan } from '#server/quotas/require-known-plan'

export const GET = defineRoute({
  role: 'viewer',
  async handle({ container }): Promise<KeysView> {
    return { keys: await container.access.keys.list() }
  },
})

export const POST = defineRoute({
  role: 'admin',
  audits: 'api_key.create',
  body: createKeyBody,
  async handle({ container, actor, body, requestId }) {
    requireKnownPlan(container, body.plan)
    requireKnownRegion(container, body.region)
    await requireRegionOfAccount(container, body)
    const entry = { action: 'api_key.create', actorId: actor.id, resource: 'api_key' } as const
    const created = await container.access.keys.create({
      ...body,
      createdBy: actor.id,
      along: (tx, change) => container.audit.record(tx, { ...entry, ...change, correlationId: requestId }),
    })
    container.log.info({ actor: actor.id, keyId: created.key.id }, 'API key created')
    return created
  },
})
