import { desc, eq } from 'drizzle-orm'
import type { PreFlight } from '#lib/traffic/pre-flight'
import { type RolloutPlan, rolloutPlanSchema } from '#lib/traffic/rollout-plan'
import { noProgress, type RolloutProgress } from '#lib/traffic/rollout-progress'
import type { RolloutState } from '#lib/traffic/rollout-state'
import type { TrafficShare } from '#lib/traffic/traffic-config'
import { rollouts } from '#schema/rollouts'
import type { Transaction } from '#server/config/configuration-version'

type RolloutRow = typeof rollouts.$inferSelect

/** A rollout as it is stored. */
export interface StoredRollout {
  id: string
  tier: string
  operation: string | null
  baseline: TrafficShare['baseline']
  candidate: TrafficShare['candidate']
  plan: RolloutPlan
  salt: string
  preFlight: PreFlight
  state: RolloutState
  priorVisit: number | null
  createdAtMs: number
  createdBy: string
  startedAtMs: number | null
  progress: RolloutProgress
  looks: number
  lookedAtMs: number | null
}

/** JSON columns are written by this program alone, in these shapes; a plan of an earlier version gets what it lacks. */
export function toRollout(row: RolloutRow): StoredRollout {
  const { id, tier, operation, salt, priorVisit, createdBy, looks } = row
  const { phase, step, version, visit, reason, actorId } = row
  return {
    id,
    tier,
    operation,
    salt,
    priorVisit,
    createdBy,
    looks,
    baseline: row.baseline as StoredRollout['baseline'],
    candidate: row.candidate as StoredRollout['candidate'],
    plan: rolloutPlanSchema.parse(row.plan),
    preFlight: row.preFlight as PreFlight,
    progress: (row.progress as RolloutProgress | null) ?? noProgress,
    state: {
      phase,
      step,
      version,
      visit,
      reason,
      actorId,
      stepSinceMs: row.stepSince?.getTime() ?? null,
      changedAtMs: row.changedAt.getTime(),
    },
    createdAtMs: row.createdAt.getTime(),
    startedAtMs: row.startedAt?.getTime() ?? null,
    lookedAtMs: row.lookedAt?.getTime() ?? null,
  }
}

/** The columns of a state. */
export function stateColumns(state: RolloutState) {
  const { phase, step, version, visit, reason, actorId } = state
  return {
    phase,
    step,
    version,
    visit,
    reason,
    actorId,
    stepSince: state.stepSinceMs === null ? null : new Date(state.stepSinceMs),
    changedAt: new Date(state.changedAtMs),
  }
}

/** Null when there is none with this id. */
export async function readRollout(db: Transaction, id: string): Promise<StoredRollout | null> {
  const [row] = await db.select().from(rollouts).where(eq(rollouts.id, id))
  return row ? toRollout(row) : null
}

/** The newest first. */
export async function readRollouts(db: Transaction, most: number): Promise<StoredRollout[]> {
  const rows = await db
    .select()
    .from(rollouts)
    .orderBy(desc(rollouts.createdAt), desc(rollouts.id))
    .limit(most)
  return rows.map(toRollout)
}
