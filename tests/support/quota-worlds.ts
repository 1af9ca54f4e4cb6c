import { formatApiKey } from '#lib/access/api-key-format'
import { dataPlaneScopes } from '#lib/contracts/access'
import type { QuotaLimit } from '#lib/quotas/quota-terms'
import { apiKeys } from '#schema/access'
import { budgets, quotaOverrides, quotaPlans } from '#schema/quotas'
import { hashSecret } from '#server/access/hash-secret'
import { newId } from '#server/access/new-id'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'

const who = { changedBy: 'test', changedAt: new Date() }

export interface TestPlan {
  name: string
  onAuthorityLoss?: 'open' | 'closed'
  limits: readonly (Omit<QuotaLimit, 'limit'> & { limit: bigint })[]
}

/** Writes a plan as the console would. */
export async function writePlan(
  db: Database,
  { name, onAuthorityLoss = 'open', limits }: TestPlan,
): Promise<void> {
  const row = {
    onAuthorityLoss,
    limits: limits.map((one) => ({ ...one, limit: one.limit.toString() })),
    ...who,
  }
  await db.orm
    .insert(quotaPlans)
    .values({ name, ...row })
    .onConflictDoUpdate({ target: quotaPlans.name, set: row })
  await bumpConfiguration(db.orm)
}

/** A key of an account of its own under a plan. */
export async function writeKey(
  db: Database,
  plan: string,
  accountId = newId('acc'),
): Promise<{ accountId: string; keyId: string; secret: string; headers: Record<string, string> }> {
  const secret = formatApiKey(crypto.getRandomValues(new Uint8Array(32)))
  const keyId = newId('key')
  await db.orm.insert(apiKeys).values({
    id: keyId,
    accountId,
    name: keyId,
    prefix: secret.slice(0, 12),
    secretHash: hashSecret(secret),
    plan,
    scopes: [...dataPlaneScopes],
    createdAt: new Date(),
    createdBy: 'test',
  })
  await bumpConfiguration(db.orm)
  return { accountId, keyId, secret, headers: { authorization: `Bearer ${secret}` } }
}

export async function writeBudget(
  db: Database,
  budget: Omit<typeof budgets.$inferInsert, 'id' | 'changedBy' | 'changedAt'>,
): Promise<string> {
  const id = newId('bud')
  await db.orm.insert(budgets).values({ ...budget, id, ...who })
  await bumpConfiguration(db.orm)
  return id
}

export async function writeOverride(
  db: Database,
  override: Omit<typeof quotaOverrides.$inferInsert, 'id' | 'createdBy' | 'createdAt' | 'reason'>,
): Promise<void> {
  await db.orm
    .insert(quotaOverrides)
    .values({ ...override, id: newId('ovr'), reason: 'a busy day', createdBy: 'test', createdAt: new Date() })
  await bumpConfiguration(db.orm)
}
