import type { AlertDecision } from '#lib/alerts/decide-alerts'
import type { StoredAlert } from '#server/alerts/open-alerts'
import type { Database } from '#server/db/database'

const spanMs = 10 * 60_000
/** Of the newest so many, the costliest are named. */
const statement = `
SELECT id FROM (
  SELECT id, cost_pico_usd FROM ledger_entries
  WHERE started_at >= $1::timestamptz AND started_at <= $2::timestamptz
    AND ($3::text IS NULL OR account_id = $3) AND ($4::text IS NULL OR tier = $4)
    AND ($5::text IS NULL OR deployment_id = $5)
  ORDER BY started_at DESC LIMIT 2000) AS recent
ORDER BY cost_pico_usd DESC NULLS LAST LIMIT 5`

/** What many requests add up to, and no single one: the readers name none. */
const summed = /^(cost|budget|capacity)\./

/**
 * Names the requests behind an alert that fires on a sum and was given none: the costliest of the last ten minutes with
 * its account, tier or deployment.
 */
export async function findCauses(
  db: Pick<Database, 'pool'>,
  decision: AlertDecision<StoredAlert>,
  nowMs: number,
): Promise<AlertDecision<StoredAlert>> {
  const { reading, rule, step, labels } = decision
  if (!reading || reading.requestIds.length > 0 || !step.moves.includes('fired')) return decision
  if (!rule || !summed.test(rule.metric)) return decision
  const { rows } = await db.pool.query<{ id: string }>(statement, [
    new Date(nowMs - spanMs).toISOString(),
    new Date(nowMs).toISOString(),
    labels.account ?? null,
    labels.tier ?? null,
    labels.deployment ?? null,
  ])
  return { ...decision, reading: { ...reading, requestIds: rows.map(({ id }) => id) } }
}
