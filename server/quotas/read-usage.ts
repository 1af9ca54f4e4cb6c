import type { UsageRow } from '#lib/contracts/quotas'
import { effectiveMeters, type QuotaSubject } from '#lib/quotas/effective-meters'
import { amountText } from '#lib/quotas/quota-amount'
import { type Meter, meterKey } from '#lib/quotas/quota-terms'
import { windowOf } from '#lib/quotas/window-of'
import type { Container } from '#server/create-container'
import { ledgerUsage } from '#server/quotas/ledger-usage'
import type { CounterId, CounterTotals } from '#server/quotas/quota-authority'

type Parts = Pick<Container, 'db' | 'quotas' | 'clock'>

/** A page shows so many creators: those with the most requests this month. */
const mostCreators = 200

const subjectsStatement = `
SELECT k.account_id AS "accountId", k.id AS "keyId", k.plan, NULL AS "creatorId"
FROM api_keys k WHERE k.revoked_at IS NULL
UNION ALL
(SELECT c.account_id, min(k.id), min(k.plan), c.creator_id
 FROM creator_rollups c JOIN api_keys k ON k.account_id = c.account_id AND k.revoked_at IS NULL
 WHERE c.grain = 'month' AND c.bucket_start = date_trunc('month', $1::timestamptz, 'UTC') AND c.creator_id <> ''
 GROUP BY c.account_id, c.creator_id ORDER BY max(c.requests) DESC LIMIT $2)`

type SubjectRow = QuotaSubject & { plan: string }
type PlannedMeter = Meter & { plan: string }

/** Everything that is limited and how much of it is used, the fullest first. */
export async function readUsage(parts: Parts): Promise<UsageRow[]> {
  const { db, quotas, clock } = parts
  await quotas.holder.flush()
  const nowMs = clock.nowMs()
  const { rows } = await db.pool.query<SubjectRow>(subjectsStatement, [
    new Date(nowMs).toISOString(),
    mostCreators,
  ])
  const meters = new Map<string, PlannedMeter>()
  for (const { plan, ...subject } of rows) {
    for (const meter of effectiveMeters(quotas.rules.rulesOf(subject.accountId, plan), subject, nowMs)) {
      const key = `${subject.accountId}/${meterKey(meter)}`
      if (!meters.has(key)) meters.set(key, { ...meter, plan })
    }
  }
  const wanted = [...meters.values()]
  const totals = await readTotals(parts, wanted, nowMs)
  return wanted
    .map((meter, index) => toRow(meter, totals[index] ?? nothing, nowMs))
    .sort((a, b) => (b.share ?? -1) - (a.share ?? -1))
}

const nothing: CounterTotals = { used: 0n, reserved: 0n }

/** What the authority has, and the ledger of what nobody has counted yet in this window. */
export async function readTotals(
  { db, quotas }: Pick<Container, 'db' | 'quotas'>,
  meters: readonly Meter[],
  nowMs: number,
): Promise<CounterTotals[]> {
  const ids = meters.map((meter): CounterId => {
    const { startMs, endMs } = windowOf(meter.window, nowMs)
    const { accountId } = meter
    return { accountId, counter: meterKey(meter), windowStartMs: startMs, windowEndMs: endMs }
  })
  const known = await quotas.authority.read(ids)
  const totals: CounterTotals[] = []
  for (const [index, id] of ids.entries()) {
    const long = meters[index]?.window === 'day' || meters[index]?.window === 'month'
    totals.push(known[index] ?? { used: long ? await ledgerUsage(db, id, nowMs + 1) : 0n, reserved: 0n })
  }
  return totals
}

function toRow(meter: PlannedMeter, { used, reserved }: CounterTotals, nowMs: number): UsageRow {
  const { accountId, plan, scope, scopeId, measure, window, limit, by } = meter
  const { startMs, endMs } = windowOf(window, nowMs)
  const running = window === 'running'
  return {
    accountId,
    plan,
    scope,
    scopeId,
    measure,
    window,
    by,
    limit: limit === null ? null : amountText(measure, limit),
    used: amountText(measure, used),
    reserved: amountText(measure, reserved),
    share: limit === null ? null : shareOf(used + reserved, limit),
    resetAt: running ? null : new Date(endMs).toISOString(),
    runsOutAt: limit === null || running ? null : runsOutAt({ used, limit, startMs, endMs, nowMs }),
  }
}

/** To a hundredth of a percent. */
export function shareOf(amount: bigint, limit: bigint): number {
  return Number((amount * 10_000n) / limit) / 10_000
}

function runsOutAt(window: {
  used: bigint
  limit: bigint
  startMs: number
  endMs: number
  nowMs: number
}): string | null {
  const { used, limit, startMs, endMs, nowMs } = window
  if (used === 0n) return null
  if (used >= limit) return new Date(nowMs).toISOString()
  const atMs = startMs + Number((BigInt(Math.max(1, nowMs - startMs)) * limit) / used)
  return atMs < endMs ? new Date(atMs).toISOString() : null
}
