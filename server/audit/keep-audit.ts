import type { Verifications } from '#server/audit/verifications'
import type { Database } from '#server/db/database'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'

/** What the sealing instance does beside sealing: checkpoints, purges and verifications, each when it is due. */
export interface AuditKeeper {
  start(): void
  /** Does what is due now. */
  runOnce(): Promise<void>
  close(): Promise<void>
}

export interface KeeperParts {
  db: Database
  /** Whether this instance seals. */
  leads: () => boolean
  makeCheckpoints: () => Promise<unknown>
  purge: () => Promise<unknown>
  verifications: Pick<Verifications, 'begin'>
  clock: Clock
  log: Pick<Log, 'error'>
}

const lookEveryMs = 30_000
const verifyEveryMs = 10 * 60_000
const dayMs = 86_400_000

export function keepAudit(parts: KeeperParts): AuditKeeper {
  const { db, leads, clock, log } = parts
  let timer: ReturnType<typeof setInterval> | undefined
  let running: Promise<void> | undefined
  let keptDay = -1
  let verifiedMs = clock.nowMs()
  let wholeDay = Math.floor(clock.nowMs() / dayMs)

  async function look(): Promise<void> {
    if (!leads()) return
    const day = Math.floor(clock.nowMs() / dayMs)
    if (day !== keptDay) {
      await endAbandoned(db, clock.nowMs())
      await parts.makeCheckpoints()
      await parts.purge()
      keptDay = day
    }
    if (clock.nowMs() - verifiedMs < verifyEveryMs) return
    verifiedMs = clock.nowMs()
    const whole = day !== wholeDay
    wholeDay = day
    if (whole || (await hasUnverified(db)))
      await parts.verifications.begin({
        scope: whole ? 'whole' : 'newest',
        actorId: null,
        correlationId: `scheduled_${verifiedMs}`,
      })
  }

  function lookAlone(): Promise<void> {
    running ??= look()
      .catch((error: unknown) => log.error({ err: error }, 'keeping the audit log failed; it is tried again'))
      .finally(() => {
        running = undefined
      })
    return running
  }

  return {
    start() {
      timer ??= setInterval(lookAlone, lookEveryMs)
      timer.unref()
    },
    runOnce: lookAlone,
    async close() {
      clearInterval(timer)
      await running
    },
  }
}

async function hasUnverified(db: Database): Promise<boolean> {
  const { rows } = await db.pool.query<{ more: boolean }>(
    `SELECT coalesce((SELECT max(last_sequence) FROM audit_seals), 0) > coalesce((
       SELECT to_sequence FROM audit_verifications WHERE state = 'ok' ORDER BY started_at DESC LIMIT 1), 0) AS more`,
  )
  return rows[0]?.more === true
}

/** Verifications whose instance is gone. */
async function endAbandoned(db: Database, nowMs: number): Promise<void> {
  const ageMs = db.kind === 'embedded' ? 60_000 : dayMs / 2
  await db.pool.query(
    `UPDATE audit_verifications SET state = 'broken_off', finished_at = $1::timestamptz
     WHERE state = 'running' AND started_at < $2::timestamptz`,
    [new Date(nowMs).toISOString(), new Date(nowMs - ageMs).toISOString()],
  )
}
