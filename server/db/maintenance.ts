import type { Database } from '#server/db/database'
import { dropPartitionsBefore, ensurePartitions, partitionedTables } from '#server/db/partitions'
import { pruneDualWrite } from '#server/migration/prune-dual-write'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'

/** Keeps the database small and quick: partitions ahead of time, retention, and what PGlite does not do by itself. */
export interface Maintenance {
  /** Everything that is due, now. Every step is idempotent, so instances may overlap. */
  runOnce(): Promise<void>
  /** From now on by itself; costs next to nothing while nothing is written. */
  start(): void
  close(): Promise<void>
}

export interface MaintenanceOptions {
  db: Database
  clock: Clock
  settings: () => Promise<{ ledgerRetentionDays: number; attemptRetentionDays: number }>
  log: Pick<Log, 'info' | 'error'>
}

const dayMs = 86_400_000
/** Longer than the three days that the minute roll-ups are good for is of no use to any page. */
const rollupDays = { minute: 3, hour: 400, day: 1200 }
/** How long each table's grains are kept; those that are not named are kept for good, costs by day and month among them. */
const rollupRetention: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  traffic_rollups: rollupDays,
  latency_rollups: rollupDays,
  route_rollups: { minute: rollupDays.minute, hour: rollupDays.hour },
  creator_rollups: { minute: rollupDays.minute, hour: rollupDays.hour },
}
const hotTables = [
  'traffic_rollups',
  'latency_rollups',
  'usage_days',
  'usage_months',
  'route_rollups',
  'creator_rollups',
] as const
const walLimitBytes = 32 * 1024 * 1024
const checkpointEveryMs = 5 * 60_000
const tickMs = 3_000
const retentionEveryMs = 3_600_000
/** Not right after the start, which has enough to do; migration has seen to the partitions. */
const firstRetentionMs = 600_000

export function createMaintenance(options: MaintenanceOptions): Maintenance {
  const { db, clock, log } = options
  let timer: ReturnType<typeof setInterval> | undefined
  let running: Promise<void> | undefined
  let lastRetentionMs = clock.monotonicMs() + firstRetentionMs - retentionEveryMs
  const embedded = db.kind === 'embedded' ? createEmbeddedCare(db, clock) : null

  async function tick(): Promise<void> {
    await embedded?.run()
    if (clock.monotonicMs() - lastRetentionMs < retentionEveryMs) return
    await applyRetention(options)
    await embedded?.analyse()
    lastRetentionMs = clock.monotonicMs()
  }

  function tickAlone(): Promise<void> {
    running ??= tick()
      .catch((error: unknown) => log.error({ err: error }, 'database maintenance failed; it is tried again'))
      .finally(() => {
        running = undefined
      })
    return running
  }

  return {
    async runOnce() {
      await running
      await applyRetention(options)
      lastRetentionMs = clock.monotonicMs()
      await embedded?.analyse()
      await embedded?.checkpoint()
    },
    start() {
      timer ??= setInterval(tickAlone, tickMs)
      timer.unref()
      void tickAlone()
    },
    async close() {
      clearInterval(timer)
      await running
    },
  }
}

/** Partitions for the months around now; whole ledger and attempt months, roll-ups and moves past their time go. */
async function applyRetention({ db, clock, settings, log }: MaintenanceOptions): Promise<void> {
  const nowMs = clock.nowMs()
  const { ledgerRetentionDays, attemptRetentionDays } = await settings()
  await ensurePartitions(db, nowMs)
  const dropped = [
    ...(await dropPartitionsBefore(db, {
      table: 'ledger_entries',
      beforeMs: nowMs - ledgerRetentionDays * dayMs,
    })),
    ...(await dropPartitionsBefore(db, {
      table: 'attempts',
      beforeMs: nowMs - attemptRetentionDays * dayMs,
    })),
  ]
  // Rows that came too late for a partition of their own.
  await deleteBefore(db, 'ledger_entries_default', nowMs - ledgerRetentionDays * dayMs)
  await deleteBefore(db, 'attempts_default', nowMs - attemptRetentionDays * dayMs)
  const transitionsBefore = new Date(nowMs - attemptRetentionDays * dayMs).toISOString()
  for (const table of ['breaker_transitions', 'region_transitions'])
    await db.pool.query(`DELETE FROM ${table} WHERE at < $1::timestamptz`, [transitionsBefore])
  await deleteBefore(db, 'feedback', nowMs - ledgerRetentionDays * dayMs)
  await deleteBefore(db, 'shadow_pairs', nowMs - attemptRetentionDays * dayMs)
  await pruneExperiments(db, { nowMs, endedBeforeMs: nowMs - ledgerRetentionDays * dayMs })
  await pruneDualWrite(db, nowMs)
  if (dropped.length > 0) log.info({ partitions: dropped }, 'dropped partitions past their retention')
  for (const [table, grains] of Object.entries(rollupRetention)) {
    for (const [grain, days] of Object.entries(grains)) {
      const before = new Date(nowMs - days * dayMs).toISOString()
      await db.pool.query(`DELETE FROM ${table} WHERE grain = $1 AND bucket_start < $2::timestamptz`, [
        grain,
        before,
      ])
    }
  }
}

/** Spans are in the evidence by then, and experiments that ended long ago keep the verdict they ended with. */
async function pruneExperiments(
  { pool }: Database,
  { nowMs, endedBeforeMs }: { nowMs: number; endedBeforeMs: number },
): Promise<void> {
  await pool.query('DELETE FROM experiment_spans WHERE starts_at < $1::timestamptz', [
    new Date(nowMs - 2 * dayMs).toISOString(),
  ])
  await pool.query(
    `DELETE FROM experiment_units USING experiments
     WHERE experiments.id = experiment_id AND ended_at < $1::timestamptz`,
    [new Date(endedBeforeMs).toISOString()],
  )
}

async function deleteBefore(db: Database, table: string, beforeMs: number): Promise<void> {
  await db.pool.query(`DELETE FROM ${table} WHERE started_at < $1::timestamptz`, [
    new Date(beforeMs).toISOString(),
  ])
}

/**
 * PGlite neither checkpoints nor vacuums by itself: without this its log grows until a restart takes a minute.
 * Looks at how far the log has grown, and does nothing when it has not.
 */
function createEmbeddedCare(db: Database, clock: Clock) {
  let checkpointLsn: string | undefined
  let checkpointMs = clock.monotonicMs()

  async function walBytesSince(lsn: string): Promise<number> {
    const { rows } = await db.pool.query<{ bytes: string }>(
      'SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1::pg_lsn)::text AS bytes',
      [lsn],
    )
    return Number(rows[0]?.bytes ?? 0)
  }

  async function checkpoint(): Promise<void> {
    for (const table of hotTables) await db.pool.query(`VACUUM ${table}`)
    await db.pool.query('CHECKPOINT')
    checkpointLsn = await currentLsn(db)
    checkpointMs = clock.monotonicMs()
  }

  /** A small sample tells the planner enough, and is over in a fraction of a second. */
  async function analyse(): Promise<void> {
    const client = await db.pool.connect()
    try {
      await client.query('BEGIN')
      await client.query('SET LOCAL default_statistics_target = 10')
      for (const table of [...hotTables, ...partitionedTables]) await client.query(`ANALYZE ${table}`)
      await client.query('COMMIT')
    } finally {
      client.release(true)
    }
  }

  return {
    checkpoint,
    analyse,
    async run(): Promise<void> {
      checkpointLsn ??= await currentLsn(db)
      const bytes = await walBytesSince(checkpointLsn)
      const due = clock.monotonicMs() - checkpointMs >= checkpointEveryMs
      if (bytes >= walLimitBytes || (bytes > 0 && due)) await checkpoint()
    },
  }
}

async function currentLsn(db: Database): Promise<string> {
  const { rows } = await db.pool.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn')
  return rows[0]?.lsn ?? '0/0'
}
