import { eq } from 'drizzle-orm'
import type { AccountRegion } from '#lib/contracts/access'
import type { RegionWish } from '#lib/gateway/region-wish'
import { accountPreferences } from '#schema/access'
import type { Along, Transaction } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import type { Clock } from '#server/telemetry/clock'

/** What holds for all requests of an account. */
export interface AccountPreferences {
  region(accountId: string): Promise<AccountRegion>
  setRegion(change: AccountRegion & { actorId: string; along?: Along }): Promise<AccountRegion>
  /** Of every account that has one. */
  regions(): Promise<ReadonlyMap<string, RegionWish>>
}

export function createAccountPreferences(options: {
  db: Pick<Database, 'orm'>
  clock: Clock
  bumpConfiguration(tx: Transaction): Promise<number>
}): AccountPreferences {
  const { db, clock } = options
  return {
    async region(accountId) {
      const [row] = await db.orm
        .select()
        .from(accountPreferences)
        .where(eq(accountPreferences.accountId, accountId))
      const { region, regionMode } = row ?? { region: null, regionMode: null }
      return { accountId, region: region === null ? null : { name: region, mode: regionMode ?? 'prefer' } }
    },
    async setRegion({ accountId, region, actorId, along }) {
      const row = {
        region: region?.name ?? null,
        regionMode: region?.mode ?? null,
        changedBy: actorId,
        changedAt: new Date(clock.nowMs()),
      }
      await db.orm.transaction(async (tx) => {
        await tx
          .insert(accountPreferences)
          .values({ accountId, ...row })
          .onConflictDoUpdate({ target: accountPreferences.accountId, set: row })
        await along?.(tx, { after: { region } })
        await options.bumpConfiguration(tx)
      })
      return { accountId, region }
    },
    async regions() {
      const rows = await db.orm.select().from(accountPreferences)
      return new Map(
        rows.flatMap(({ accountId, region, regionMode }): [string, RegionWish][] =>
          region === null ? [] : [[accountId, { region, mode: regionMode ?? 'prefer', by: 'account' }]],
        ),
      )
    },
  }
}
