import { accountRegionBody } from '#lib/contracts/access'
import { requireKnownRegion, requireRegionOfKeys } from '#server/access/require-region'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container, params }) => container.access.accounts.region(params.id ?? ''),
})

export const PUT = defineRoute({
  role: 'admin',
  audits: 'account.set_region',
  body: accountRegionBody,
  async handle({ container, actor, params, body: { region, reason }, requestId }) {
    const accountId = params.id ?? ''
    requireKnownRegion(container, region)
    await requireRegionOfKeys(container, { accountId, region })
    const before = await container.access.accounts.region(accountId)
    const resource = `account/${accountId}`
    const entry = { action: 'account.set_region', actorId: actor.id, resource } as const
    const after = await container.access.accounts.setRegion({
      accountId,
      region,
      actorId: actor.id,
      along: (tx, change) =>
        container.audit.record(tx, {
          ...entry,
          ...change,
          before: { region: before.region },
          accountId,
          reason,
          correlationId: requestId,
        }),
    })
    container.log.info({ requestId, actorId: actor.id, accountId, region, reason }, 'account region changed')
    return after
  },
})
