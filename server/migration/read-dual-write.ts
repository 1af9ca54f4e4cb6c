import { type DualWriteJudgement, judgeDualWrite, longestLagSeconds } from '#lib/migration/judge-dual-write'
import type { Database } from '#server/db/database'
import type { DualWritePair } from '#server/migration/dual-write-pairs'

/** A switch as it is stored. */
export interface StoredSwitch {
  stream: string
  accountId: string
  enabled: boolean
  backfillState: 'idle' | 'running' | 'paused'
  backfillAccount: string | null
  backfilled: number
  backfilledAt: Date | null
  reconcileDueAt: Date | null
  reconcileAccount: string | null
  reconciledAt: Date | null
  changedAt: Date
  changedBy: string
}

/** What waits for the second store. */
export interface WaitingChanges {
  stream: string
  waiting: number
  failing: number
  oldest: Date
  /** Name of the last failure; null = none of those that wait has failed. */
  lastError: string | null
}

/** What a stream still has to do. */
export interface StreamBacklog {
  stream: string
  /** Null = nothing waits. */
  waiting: WaitingChanges | null
  openMismatches: number
}

/** A stream as it stands: its rows, and whether both stores hold the same. */
export interface DualWriteStanding {
  pair: DualWritePair
  switches: readonly StoredSwitch[]
  /** Null = nothing waits. */
  waiting: WaitingChanges | null
  openMismatches: number
  judgement: DualWriteJudgement
}

export interface StandingParts {
  db: Pick<Database, 'pool'>
  pairs: readonly DualWritePair[]
  /** From one comparison to the next. */
  reconcileEveryMs: number
}

const hourMs = 3_600_000

/** How every registered stream stands; asks the database nothing while none is registered. */
export async function readStandings(
  { db, pairs, reconcileEveryMs }: StandingParts,
  nowMs: number,
): Promise<DualWriteStanding[]> {
  if (pairs.length === 0) return []
  const [switches, backlogs] = await Promise.all([readSwitches(db), readBacklogs(db, pairs)])
  const limits = {
    lagSeconds: longestLagSeconds,
    // One comparison may come late or take long before its absence says something.
    reconciledWithinMs: 2 * reconcileEveryMs + hourMs,
    nowMs,
  }
  return pairs.map((pair, index) => {
    const own = switches.filter(({ stream }) => stream === pair.stream)
    const late = backlogs[index]?.waiting ?? null
    const openMismatches = backlogs[index]?.openMismatches ?? 0
    const judgement = judgeDualWrite(
      {
        switches: own.map((one) => ({
          accountId: one.accountId,
          enabled: one.enabled,
          copied: one.backfilledAt !== null,
          copiedRecords: one.backfilled,
          reconciledAtMs: one.reconciledAt?.getTime() ?? null,
        })),
        lagSeconds: late && Math.max(0, (nowMs - late.oldest.getTime()) / 1000),
        failing: late?.failing ?? 0,
        openMismatches,
      },
      limits,
    )
    return { pair, switches: own, waiting: late, openMismatches, judgement }
  })
}

/** Of each pair, in their order. */
export async function readBacklogs(
  db: Pick<Database, 'pool'>,
  pairs: readonly Pick<DualWritePair, 'stream'>[],
): Promise<StreamBacklog[]> {
  const [waiting, open] = await Promise.all([readWaiting(db), readOpen(db)])
  return pairs.map(({ stream }) => ({
    stream,
    waiting: waiting.find((one) => one.stream === stream) ?? null,
    openMismatches: open.find((one) => one.stream === stream)?.open ?? 0,
  }))
}

/** By stream, every account's first. */
async function readSwitches(db: Pick<Database, 'pool'>): Promise<StoredSwitch[]> {
  const { rows } = await db.pool.query<StoredSwitch>(
    `SELECT stream, account_id AS "accountId", enabled, backfill_state AS "backfillState",
       backfill_account AS "backfillAccount", backfilled::float8 AS backfilled, backfilled_at AS "backfilledAt",
       reconcile_due_at AS "reconcileDueAt", reconcile_account AS "reconcileAccount", reconciled_at AS "reconciledAt", changed_at AS "changedAt",
       changed_by AS "changedBy"
     FROM dual_switches ORDER BY stream, account_id <> '*', account_id`,
  )
  return rows
}

async function readWaiting(db: Pick<Database, 'pool'>): Promise<WaitingChanges[]> {
  const { rows } = await db.pool.query<WaitingChanges>(
    `SELECT stream, count(*)::int AS waiting, (count(*) FILTER (WHERE last_error IS NOT NULL))::int AS failing,
       min(enqueued_at) AS oldest, max(last_error) AS "lastError"
     FROM dual_outbox GROUP BY stream`,
  )
  return rows
}

async function readOpen(db: Pick<Database, 'pool'>): Promise<{ stream: string; open: number }[]> {
  const { rows } = await db.pool.query<{ stream: string; open: number }>(
    'SELECT stream, count(*)::int AS open FROM dual_mismatches WHERE repaired_at IS NULL GROUP BY stream',
  )
  return rows
}
