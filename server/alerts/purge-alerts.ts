import type { Database } from '#server/db/database'

const dayMs = 86_400_000
/** Graphs and previews look back so far. */
const sampleDays = 7
/** As long as the ledger by default. */
const historyDays = 400

/** Deletes what no page shows any more: old samples, and alerts resolved long ago with their events and messages. */
export async function purgeAlerts(db: Pick<Database, 'pool'>, nowMs: number): Promise<void> {
  const before = (days: number) => [new Date(nowMs - days * dayMs).toISOString()]
  await db.pool.query('DELETE FROM alert_samples WHERE at < $1::timestamptz', before(sampleDays))
  await db.pool.query(
    'DELETE FROM alert_events WHERE alert_id IN (SELECT id FROM alerts WHERE resolved_at < $1::timestamptz)',
    before(historyDays),
  )
  await db.pool.query('DELETE FROM alerts WHERE resolved_at < $1::timestamptz', before(historyDays))
  await db.pool.query(
    "DELETE FROM alert_deliveries WHERE state <> 'waiting' AND created_at < $1::timestamptz",
    before(historyDays),
  )
  await db.pool.query('DELETE FROM alert_silences WHERE ends_at < $1::timestamptz', before(historyDays))
}
