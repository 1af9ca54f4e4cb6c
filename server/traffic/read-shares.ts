import { and, desc, eq, gte, inArray, isNotNull } from 'drizzle-orm'
import { candidateWeightBps, isMirroring, isWatched, steersTraffic } from '#lib/traffic/rollout-state'
import type { CarriedUnits, TrafficShare } from '#lib/traffic/traffic-config'
import { rolloutEvents, rollouts, rolloutUnits } from '#schema/rollouts'
import type { Database } from '#server/db/database'
import { type StoredRollout, toRollout } from '#server/traffic/rollout-rows'

/** A conversation that was silent for longer has ended. */
const conversationIdleMs = 30 * 60_000
/** After so long at a step even a conversation that never ends takes its new side with the next change. */
const keptForMs = 6 * 3_600_000
/** The most recent ones. */
const mostKept = 50_000

const steering = ['running', 'held', 'awaiting_approval', 'paused', 'rolled_back', 'completed'] as const

/** What rollouts make of traffic at this moment: those that have been started and not retired. */
export async function readShares(db: Pick<Database, 'orm'>, nowMs: number): Promise<TrafficShare[]> {
  const rows = await db.orm
    .select()
    .from(rollouts)
    .where(and(inArray(rollouts.phase, [...steering]), isNotNull(rollouts.stepSince)))
    .orderBy(rollouts.createdAt)
  const found = rows.map(toRollout).filter(({ state }) => steersTraffic(state))
  return Promise.all(found.map((rollout) => toShare(db, rollout, nowMs)))
}

async function toShare(
  db: Pick<Database, 'orm'>,
  rollout: StoredRollout,
  nowMs: number,
): Promise<TrafficShare> {
  const { id, tier, operation, salt, baseline, candidate, state, plan } = rollout
  return {
    rolloutId: id,
    tier,
    operation,
    salt,
    baseline,
    candidate,
    candidateWeightBps: candidateWeightBps(state, plan),
    visit: state.visit,
    carried: await readCarried(db, rollout, nowMs),
    watched: isWatched(state),
    shadow: isMirroring(state, plan) ? plan.shadow : null,
  }
}

/** Conversations that were running when the present step began, with their sides; null when there are none. */
async function readCarried(
  db: Pick<Database, 'orm'>,
  { id, state, priorVisit }: StoredRollout,
  nowMs: number,
): Promise<CarriedUnits | null> {
  const sinceMs = state.stepSinceMs
  if (priorVisit === null || sinceMs === null || nowMs > sinceMs + keptForMs) return null
  const rows = await db.orm
    .select({ unit: rolloutUnits.unit, side: rolloutUnits.side })
    .from(rolloutUnits)
    .where(
      and(
        eq(rolloutUnits.rolloutId, id),
        eq(rolloutUnits.visit, priorVisit),
        eq(rolloutUnits.session, true),
        gte(rolloutUnits.lastSeen, new Date(sinceMs - conversationIdleMs)),
      ),
    )
    .orderBy(desc(rolloutUnits.lastSeen))
    .limit(mostKept)
  if (rows.length === 0) return null
  const [began] = await db.orm
    .select({ weightBps: rolloutEvents.toWeightBps })
    .from(rolloutEvents)
    .where(and(eq(rolloutEvents.rolloutId, id), eq(rolloutEvents.version, priorVisit)))
  const sides = new Map(rows.map(({ unit, side }) => [unit, side]))
  return { visit: priorVisit, weightBps: began?.weightBps ?? 0, sides }
}
