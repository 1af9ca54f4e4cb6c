import type { Observation } from '#lib/alerts/observation'
import type { Database } from '#server/db/database'

/**
 * How late the secondary stores are (`dual_write.lag_seconds`), how many deliveries have failed and wait
 * (`dual_write.failing_records`), and how many differences nobody has repaired (`dual_write.open_mismatches`), by stream.
 * A stream of which all is well has no line.
 */
export function observeDualWrite(
  db: Pick<Database, 'pool'>,
): (nowMs: number) => Promise<readonly Observation[]> {
  return async (nowMs) => {
    const outbox = await db.pool.query<{ stream: string; oldest: Date; failing: number }>(
      `SELECT stream, min(enqueued_at) AS oldest, (count(*) FILTER (WHERE last_error IS NOT NULL))::int AS failing
       FROM dual_outbox GROUP BY stream`,
    )
    const mismatches = await db.pool.query<{ stream: string; open: number }>(
      'SELECT stream, count(*)::int AS open FROM dual_mismatches WHERE repaired_at IS NULL GROUP BY stream',
    )
    const observe = (
      stream: string,
      measured: Pick<Observation, 'metric' | 'value' | 'unit'>,
    ): Observation => ({
      ...measured,
      labels: { stream },
      requestIds: [],
    })
    const waitingSeconds = (since: Date) => Math.max(0, (nowMs - since.getTime()) / 1000)
    return [
      ...outbox.rows.flatMap(({ stream, oldest, failing }) => [
        observe(stream, { metric: 'dual_write.lag_seconds', value: waitingSeconds(oldest), unit: 's' }),
        ...(failing > 0
          ? [observe(stream, { metric: 'dual_write.failing_records', value: failing, unit: 'records' })]
          : []),
      ]),
      ...mismatches.rows.map(({ stream, open }) =>
        observe(stream, { metric: 'dual_write.open_mismatches', value: open, unit: 'records' }),
      ),
    ]
  }
}
