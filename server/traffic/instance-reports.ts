import type { InstanceView } from '#lib/contracts/traffic'
import type { Database } from '#server/db/database'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'
import { safeCause } from '#server/telemetry/safe-cause'

/** Which configuration version every instance obeys: each says so itself, in a row of its own. */
export interface InstanceReports {
  /** This instance obeys another version now; nobody waits for the row. */
  obeyed(): void
  /** Every instance that reported within the last ten minutes, this one first. */
  read(): Promise<InstanceView[]>
  start(): void
  /** Takes the own row away: who stops with a word is not missed. */
  close(): Promise<void>
}

export interface InstanceReportsOptions {
  db: Pick<Database, 'kind' | 'pool'>
  instanceId: string
  startedAtMs: number
  /** The version that requests of this instance obey. */
  version(): number
  clock: Pick<Clock, 'nowMs'>
  log: Pick<Log, 'warn'>
}

const heartbeatMs = 5_000
/** Three heartbeats. */
export const silentAfterMs = 15_000

const writeStatement = `
INSERT INTO instance_reports AS present (instance_id, started_at, version, obeyed_at, reported_at)
VALUES ($1, to_timestamp($2::float8 / 1000), $3, clock_timestamp(), clock_timestamp())
ON CONFLICT (instance_id) DO UPDATE SET
  version = excluded.version, reported_at = excluded.reported_at,
  obeyed_at = CASE WHEN present.version = excluded.version THEN present.obeyed_at ELSE excluded.obeyed_at END`

const forgetStatement = `DELETE FROM instance_reports WHERE reported_at < now() - interval '10 minutes'`

const readStatement = `
SELECT instance_id, started_at, version::float8 AS version, obeyed_at, reported_at,
  extract(epoch FROM clock_timestamp() - reported_at)::float8 * 1000 AS silent_ms,
  coalesce((SELECT version FROM configuration_version WHERE id = 'current'), 0)::float8 AS wanted
FROM instance_reports WHERE reported_at >= now() - interval '10 minutes'
ORDER BY started_at, instance_id`

interface ReportRow {
  instance_id: string
  started_at: Date
  version: number
  obeyed_at: Date
  reported_at: Date
  silent_ms: number
  wanted: number
}

/** An embedded database has one process, which needs no row to know itself. */
export function createInstanceReports(options: InstanceReportsOptions): InstanceReports {
  const { db, instanceId, startedAtMs, clock, log } = options
  let obeyedAtMs = startedAtMs
  let timer: ReturnType<typeof setInterval> | null = null
  let writing: Promise<void> = Promise.resolve()
  let failing = false
  let closed = false

  async function write(): Promise<void> {
    try {
      await db.pool.query(writeStatement, [instanceId, startedAtMs, options.version()])
      failing = false
    } catch (cause) {
      if (!failing) log.warn({ cause: safeCause(cause) }, 'this instance cannot report; trying again')
      failing = true
    }
  }

  function report(): void {
    if (db.kind === 'embedded' || closed) return
    writing = writing.then(write)
  }

  async function beat(): Promise<void> {
    report()
    await writing
    await db.pool.query(forgetStatement).catch(() => undefined)
  }

  return {
    obeyed() {
      obeyedAtMs = clock.nowMs()
      report()
    },
    async read() {
      if (db.kind === 'embedded') return [ownView(options, obeyedAtMs)]
      await writing
      const { rows } = await db.pool.query<ReportRow>(readStatement)
      const views = rows.map((row) => viewOf(row, instanceId))
      return views.toSorted((a, b) => Number(b.self) - Number(a.self))
    },
    start() {
      report()
      if (db.kind === 'embedded') return
      timer = setInterval(() => void beat(), heartbeatMs)
      timer.unref()
    },
    async close() {
      closed = true
      if (timer) clearInterval(timer)
      await writing
      if (db.kind === 'embedded') return
      await db.pool
        .query('DELETE FROM instance_reports WHERE instance_id = $1', [instanceId])
        .catch((cause: unknown) =>
          log.warn({ cause: safeCause(cause) }, 'the own report could not be removed'),
        )
    },
  }
}

function viewOf(row: ReportRow, self: string): InstanceView {
  return {
    id: row.instance_id,
    startedAt: row.started_at.toISOString(),
    version: row.version,
    obeyedAt: row.obeyed_at.toISOString(),
    reportedAt: row.reported_at.toISOString(),
    state: row.silent_ms > silentAfterMs ? 'silent' : row.version < row.wanted ? 'behind' : 'obeying',
    self: row.instance_id === self,
  }
}

function ownView(
  { instanceId, startedAtMs, version, clock }: InstanceReportsOptions,
  obeyedAtMs: number,
): InstanceView {
  return {
    id: instanceId,
    startedAt: new Date(startedAtMs).toISOString(),
    version: version(),
    obeyedAt: new Date(obeyedAtMs).toISOString(),
    reportedAt: new Date(clock.nowMs()).toISOString(),
    state: 'obeying',
    self: true,
  }
}
