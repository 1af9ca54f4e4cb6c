import { and, count, eq, inArray, lt, sql } from 'drizzle-orm'
import type { DualWriteRequirement } from '#lib/migration/dual-write-requirement'
import type { RolloutVerdict } from '#lib/traffic/evaluate-rollout'
import { addSpans, emptySpan, type RolloutSpan } from '#lib/traffic/rollout-observation'
import {
  advanceProgress,
  type RolloutProgress,
  type VisitCounts,
  wholeOf,
} from '#lib/traffic/rollout-progress'
import { candidateWeightBps, isWatched, type RolloutPhase } from '#lib/traffic/rollout-state'
import { rolloutCounts, rolloutReadings, rollouts, rolloutUnits } from '#schema/rollouts'
import { newId } from '#server/access/new-id'
import type { Transaction } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { judgeRollout } from '#server/traffic/judge-rollout'
import { lockRollout, moveRollout } from '#server/traffic/move-rollout'
import { type StoredRollout, toRollout } from '#server/traffic/rollout-rows'
import { countShadow } from '#server/traffic/shadow/shadow-pairs'

/** What a look needs of the container. */
export type LookParts = Pick<Container, 'db' | 'audit' | 'clock' | 'log' | 'migration'>

/** Once so many units of a visit are known, the share is decided by them alone and old ones may go. */
const enoughUnits = 100_000
const unitsKeptMs = 3_600_000
/** Readings of a visit's beginning, where most happens, stand this close. */
const earlyMs = 15 * 60_000
const earlyGrainMs = 5_000
const lateGrainMs = 60_000

const watchedPhases = ['running', 'held', 'awaiting_approval', 'paused'] as const

/**
 * Looks at every rollout that is watched: takes what all instances counted into account, decides, and does what was
 * decided. Returns the phases of those that moved.
 */
export async function lookAtRollouts(parts: LookParts): Promise<RolloutPhase[]> {
  const rows = await parts.db.orm
    .select()
    .from(rollouts)
    .where(inArray(rollouts.phase, [...watchedPhases]))
  const moved: RolloutPhase[] = []
  const dualWrite = await parts.migration.dualWrite()
  for (const rollout of rows.map(toRollout)) {
    const phase = await lookAt(parts, rollout, dualWrite)
    if (phase !== null) moved.push(phase)
  }
  return moved
}

async function lookAt(
  parts: LookParts,
  rollout: StoredRollout,
  dualWrite: DualWriteRequirement,
): Promise<RolloutPhase | null> {
  const { plan, state } = rollout
  const nowMs = parts.clock.nowMs()
  const weightBps = candidateWeightBps(state, plan)
  const totals = await readTotals(parts.db.orm, rollout.id)
  const units = await readUnits(parts.db.orm, rollout)
  const shadow = await readShadow(parts.db.orm, rollout)
  const progress = { ...advanceProgress(rollout.progress, totals, { plan, weightBps }), units, shadow }
  const seen = { ...rollout, progress }
  const verdict = judgeRollout(seen, { nowMs, dualWrite })
  if (verdict.command === null && isUnchanged(rollout.progress, progress)) return null
  return parts.db.orm.transaction(async (tx) => {
    if (!(await saveLook(tx, seen, nowMs))) return null
    await saveReading(tx, { rollout: seen, verdict, nowMs })
    return verdict.command === null ? null : act(parts, tx, { rollout, verdict, nowMs, dualWrite })
  })
}

/** Who looked at the same time has counted the same span already. */
async function saveLook(
  tx: Transaction,
  { id, looks, progress }: StoredRollout,
  nowMs: number,
): Promise<boolean> {
  const saved = await tx
    .update(rollouts)
    .set({ progress, looks: looks + 1, lookedAt: new Date(nowMs) })
    .where(and(eq(rollouts.id, id), eq(rollouts.looks, looks)))
    .returning({ id: rollouts.id })
  return saved.length > 0
}

interface Acting {
  rollout: StoredRollout
  verdict: RolloutVerdict
  nowMs: number
  dualWrite: DualWriteRequirement
}

/** What an operator changed in the meantime comes first: the next look judges that. */
async function act(
  { audit, log }: LookParts,
  tx: Transaction,
  { rollout, verdict, nowMs, dualWrite }: Acting,
): Promise<RolloutPhase | null> {
  const locked = await lockRollout(tx, rollout.id)
  if (!locked || verdict.command === null || locked.state.version !== rollout.state.version) return null
  if (!isWatched(locked.state)) return null
  const state = await moveRollout(tx, locked, {
    id: rollout.id,
    command: verdict.command,
    move: { nowMs, reason: verdict.reason, actorId: null },
    verdict,
    correlationId: newId('look'),
    record: audit.record,
    cutover: { dualWrite, atFull: { sinceMs: null, alerts: [], days: locked.plan.retireAfterDays } },
  })
  log.info(
    { rollout: rollout.id, command: verdict.command, phase: state.phase, reason: verdict.reason },
    'a rollout moved by itself',
  )
  return state.phase
}

function isUnchanged(before: RolloutProgress, after: RolloutProgress): boolean {
  return before.evidence === after.evidence && JSON.stringify(before) === JSON.stringify(after)
}

async function readTotals(db: Transaction, rolloutId: string): Promise<VisitCounts[]> {
  const rows = await db.select().from(rolloutCounts).where(eq(rolloutCounts.rolloutId, rolloutId))
  return [...Map.groupBy(rows, ({ visit }) => visit)].map(([visit, parts]) => ({
    visit,
    weightBps: parts[0]?.weightBps ?? 0,
    counts: parts.reduce<RolloutSpan>((sum, { counts }) => addSpans(sum, counts as RolloutSpan), emptySpan),
  }))
}

/** Units of the present visit, those of running conversations left out; frozen once there are enough. */
async function readUnits(
  db: Transaction,
  { id, state, progress }: StoredRollout,
): Promise<NonNullable<RolloutProgress['units']>> {
  const { visit } = state
  const known = progress.units?.visit === visit ? progress.units : null
  if (known && known.baseline + known.candidate >= enoughUnits) {
    await dropOldUnits(db, id, visit)
    return known
  }
  const rows = await db
    .select({ side: rolloutUnits.side, units: count() })
    .from(rolloutUnits)
    .where(and(eq(rolloutUnits.rolloutId, id), eq(rolloutUnits.visit, visit), eq(rolloutUnits.kept, false)))
    .groupBy(rolloutUnits.side)
  const unitsOf = (side: 'baseline' | 'candidate') => rows.find((row) => row.side === side)?.units ?? 0
  return { visit, baseline: unitsOf('baseline'), candidate: unitsOf('candidate') }
}

async function readShadow(
  db: Transaction,
  { id, state, plan }: StoredRollout,
): Promise<NonNullable<RolloutProgress['shadow']> | null> {
  if (candidateWeightBps(state, plan) !== 0) return null
  return { visit: state.visit, ...(await countShadow(db, id, state.visit)) }
}

async function dropOldUnits(db: Transaction, rolloutId: string, visit: number): Promise<void> {
  await db
    .delete(rolloutUnits)
    .where(
      and(
        eq(rolloutUnits.rolloutId, rolloutId),
        eq(rolloutUnits.visit, visit),
        lt(rolloutUnits.lastSeen, sql`now() - ${unitsKeptMs} * interval '1 millisecond'`),
      ),
    )
}

/** The curve that is drawn later: how strong the evidence was, and what rolls back. */
async function saveReading(
  tx: Transaction,
  { rollout, verdict, nowMs }: { rollout: StoredRollout; verdict: RolloutVerdict; nowMs: number },
): Promise<void> {
  const { id, plan, state, progress } = rollout
  const early = nowMs - (state.stepSinceMs ?? nowMs) < earlyMs || verdict.command !== null
  const grainMs = early ? earlyGrainMs : lateGrainMs
  const whole = wholeOf(progress)
  const row = {
    step: state.step,
    weightBps: candidateWeightBps(state, plan),
    guardrails: verdict.guardrails.map(({ text: _text, ...numbers }) => numbers),
    baselineRequests: whole.baseline.requests,
    candidateRequests: whole.candidate.requests,
  }
  const at = new Date(Math.floor(nowMs / grainMs) * grainMs)
  await tx
    .insert(rolloutReadings)
    .values({ rolloutId: id, at, ...row })
    .onConflictDoUpdate({ target: [rolloutReadings.rolloutId, rolloutReadings.at], set: row })
}
