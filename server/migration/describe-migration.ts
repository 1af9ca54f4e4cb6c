import type { DualStreamView, DualSwitchView, MigrationView } from '#lib/contracts/migration'
import type { MismatchClass } from '#lib/migration/classify-mismatch'
import type { Container } from '#server/create-container'
import type { DualWriteStanding, StoredSwitch } from '#server/migration/read-dual-write'

type Parts = Pick<Container, 'db' | 'clock' | 'settings' | 'migration'>

const comparisonsShown = 20

interface Mismatches {
  stream: string
  class: MismatchClass
  open: number
  repaired: number
}

interface Comparison {
  stream: string
  accountId: string
  startedAt: Date
  endedAt: Date
  compared: number
  mismatches: number
  repaired: number
}

/** The stores that are written twice while they move, as of now. */
export async function describeMigration(parts: Parts): Promise<MigrationView> {
  const { db, clock, settings, migration } = parts
  const nowMs = clock.nowMs()
  const standings = await migration.standings()
  const { rows: mismatches } = await db.pool.query<Mismatches>(
    `SELECT stream, class, (count(*) FILTER (WHERE repaired_at IS NULL))::int AS open, count(repaired_at)::int AS repaired
     FROM dual_mismatches GROUP BY stream, class ORDER BY stream, class`,
  )
  const comparisons = await Promise.all(standings.map(({ pair }) => readComparisons(parts, pair.stream)))
  return {
    streams: standings.map((standing, index) =>
      toView(standing, { mismatches, comparisons: comparisons[index] ?? [], nowMs }),
    ),
    settings: settings.current().dualWrite,
  }
}

async function readComparisons({ db }: Parts, stream: string): Promise<Comparison[]> {
  const { rows } = await db.pool.query<Comparison>(
    `SELECT stream, account_id AS "accountId", started_at AS "startedAt", ended_at AS "endedAt", compared, mismatches, repaired
     FROM dual_reconciliations WHERE stream = $1 ORDER BY started_at DESC, account_id LIMIT ${comparisonsShown}`,
    [stream],
  )
  return rows
}

function toView(
  { pair, switches, waiting, judgement }: DualWriteStanding,
  seen: { mismatches: readonly Mismatches[]; comparisons: readonly Comparison[]; nowMs: number },
): DualStreamView {
  const { stream, names } = pair
  return {
    stream,
    names,
    ...judgement,
    switches: switches.map((one) => switchView(one, seen.nowMs)),
    changes: {
      waiting: waiting?.waiting ?? 0,
      failing: waiting?.failing ?? 0,
      lagSeconds: waiting && Math.max(0, (seen.nowMs - waiting.oldest.getTime()) / 1000),
      lastError: waiting?.lastError ?? null,
    },
    mismatches: seen.mismatches.filter((one) => one.stream === stream).map(({ stream: _, ...one }) => one),
    comparisons: seen.comparisons.map(({ stream: _, startedAt, endedAt, ...one }) => ({
      ...one,
      startedAt: startedAt.toISOString(),
      endedAt: endedAt.toISOString(),
    })),
  }
}

function switchView(row: StoredSwitch, nowMs: number): DualSwitchView {
  const { accountId, enabled, backfillState, backfilledAt, reconcileDueAt } = row
  const waiting = backfillState === 'idle' ? 'waiting' : backfillState
  return {
    accountId,
    enabled,
    copy: {
      state: backfilledAt ? 'ended' : waiting,
      records: row.backfilled,
      account: row.backfillAccount,
      endedAt: backfilledAt?.toISOString() ?? null,
    },
    comparison: {
      dueAt: reconcileDueAt?.toISOString() ?? null,
      running: enabled && reconcileDueAt !== null && reconcileDueAt.getTime() <= nowMs,
      lastAt: row.reconciledAt?.toISOString() ?? null,
    },
    changedAt: row.changedAt.toISOString(),
    changedBy: row.changedBy,
  }
}
