import { ne } from 'drizzle-orm'
import type { OpenAlert } from '#lib/alerts/decide-alerts'
import { alerts } from '#schema/alerts'
import type { Database } from '#server/db/database'

export type AlertRow = typeof alerts.$inferSelect

export interface StoredAlert extends OpenAlert {
  row: AlertRow
}

/** Every alert that is not resolved. */
export async function readOpenAlerts(db: Pick<Database, 'orm'>): Promise<StoredAlert[]> {
  const rows = await db.orm.select().from(alerts).where(ne(alerts.state, 'resolved'))
  return rows.flatMap((row) => {
    const { state } = row
    if (state === 'resolved') return []
    return [
      {
        fingerprint: row.fingerprint,
        ruleId: row.ruleId,
        metric: row.metric,
        labels: row.labels,
        memory: {
          state,
          pendingAtMs: row.pendingAt.getTime(),
          firedAtMs: row.firedAt?.getTime() ?? null,
          clearSinceMs: row.clearSince?.getTime() ?? null,
          notified: row.notified,
          silenced: row.silenceId !== null,
        },
        row,
      },
    ]
  })
}
