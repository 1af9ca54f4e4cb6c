import type { Database } from '#server/db/database'

/**
 * The highest position up to which every entry that will ever be there can be seen, as far as is known by now. A
 * position is drawn before its transaction commits, so that a lower one may appear after a higher one.
 *
 * Nobody waits for it: the transactions that write to the log while a position is read hold its lock, and are looked
 * at again with the next call. Whoever draws a lower position holds that lock before.
 */
export type ReadWriteHorizon = () => Promise<WriteHorizon>

export interface WriteHorizon {
  position: number
  /** Positions beyond it were drawn, whose transactions may not have ended. */
  moreToCome: boolean
}

export function createWriteHorizon(db: Pick<Database, 'pool'>): ReadWriteHorizon {
  let settled = 0
  let waiting: { position: number; writers: ReadonlySet<string> } | null = null

  async function look(): Promise<void> {
    const position = await drawnPosition(db)
    if (position <= settled) return
    const writers = await presentWriters(db)
    if (writers.size === 0) settled = position
    else waiting = { position, writers }
  }

  return async () => {
    if (waiting) {
      const present = await presentWriters(db)
      const { writers } = waiting
      if ([...writers].some((writer) => present.has(writer))) return { position: settled, moreToCome: true }
      settled = waiting.position
      waiting = null
    }
    await look()
    return { position: settled, moreToCome: waiting !== null }
  }
}

async function drawnPosition(db: Pick<Database, 'pool'>): Promise<number> {
  const { rows } = await db.pool.query<{ position: string }>(
    'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS position FROM audit_entries_position_seq',
  )
  return Number(rows[0]?.position ?? 0)
}

async function presentWriters(db: Pick<Database, 'pool'>): Promise<Set<string>> {
  const { rows } = await db.pool.query<{ writer: string }>(
    `SELECT virtualtransaction AS writer FROM pg_locks
     WHERE locktype = 'relation' AND relation = 'audit_entries'::regclass AND mode = 'RowExclusiveLock'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return new Set(rows.map(({ writer }) => writer))
}
