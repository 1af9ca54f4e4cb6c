import { desc, eq, gte } from 'drizzle-orm'
import type { RolloutDetail, RolloutsView, RolloutView } from '#lib/contracts/rollouts'
import { addDays, utcDay } from '#lib/costs/utc-day'
import type { Catalog } from '#lib/deployments/catalog'
import { wholeOf } from '#lib/traffic/rollout-progress'
import { candidateWeightBps, isWatched } from '#lib/traffic/rollout-state'
import { featureUses, rolloutEvents, rolloutReadings } from '#schema/rollouts'
import type { Container } from '#server/create-container'
import { judgeRollout } from '#server/traffic/judge-rollout'
import { unknownRollout } from '#server/traffic/operate-rollout'
import { readRollout, readRollouts, type StoredRollout } from '#server/traffic/rollout-rows'

type Parts = Pick<Container, 'db' | 'catalog' | 'clock' | 'migration'>

const mostRollouts = 100
const mostReadings = 3_000

/** Every rollout, the newest first, and what a new one may be made from. */
export async function describeRollouts({ db, catalog, clock, migration }: Parts): Promise<RolloutsView> {
  const now = { nowMs: clock.nowMs(), dualWrite: await migration.dualWrite() }
  const present = catalog.current()
  const found = await readRollouts(db.orm, mostRollouts)
  const operations = await db.orm
    .selectDistinct({ tier: featureUses.tier, operation: featureUses.operation })
    .from(featureUses)
    .where(gte(featureUses.day, addDays(utcDay(now.nowMs), -7)))
    .orderBy(featureUses.operation)
  return {
    rollouts: found.map((rollout) => toView(rollout, present, now)),
    tiers: [...present.tiers.values()].map(({ name, chain, legacy }) => ({
      name,
      chain: copy(chain),
      legacy: copy(legacy),
      operations: operations.filter(({ tier }) => tier === name).map(({ operation }) => operation),
    })),
  }
}

/** One rollout with its history. @throws AppError `not_found` */
export async function describeRollout(
  { db, catalog, clock, migration }: Parts,
  id: string,
): Promise<RolloutDetail> {
  const rollout = await readRollout(db.orm, id)
  if (!rollout) throw unknownRollout()
  const events = await db.orm
    .select()
    .from(rolloutEvents)
    .where(eq(rolloutEvents.rolloutId, id))
    .orderBy(desc(rolloutEvents.version))
  const newest = await db.orm
    .select()
    .from(rolloutReadings)
    .where(eq(rolloutReadings.rolloutId, id))
    .orderBy(desc(rolloutReadings.at))
    .limit(mostReadings)
  return {
    ...toView(rollout, catalog.current(), { nowMs: clock.nowMs(), dualWrite: await migration.dualWrite() }),
    events: events.map(({ rolloutId: _id, verdict, at, ...event }) => ({
      ...event,
      at: at.toISOString(),
      verdict: verdict as RolloutDetail['events'][number]['verdict'],
    })),
    readings: newest.reverse().map(({ rolloutId: _id, at, guardrails, ...reading }) => ({
      ...reading,
      at: at.toISOString(),
      guardrails: guardrails as RolloutDetail['readings'][number]['guardrails'],
    })),
  }
}

function toView(
  rollout: StoredRollout,
  catalog: Catalog,
  now: Parameters<typeof judgeRollout>[1],
): RolloutView {
  const { id, tier, operation, baseline, candidate, plan, state, progress, preFlight } = rollout
  const { phase, step, version, reason, actorId } = state
  const whole = wholeOf(progress)
  const known = catalog.tiers.get(tier)
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const verdict = isWatched(state) ? judgeRollout(rollout, now) : null
  return {
    id,
    tier,
    operation,
    baseline: baseline === 'legacy' ? baseline : copy(baseline),
    candidate: candidate && copy(candidate),
    baselineChain: copy(baseline === 'legacy' ? (known?.legacy ?? []) : baseline),
    candidateChain: copy(candidate ?? known?.chain ?? []),
    plan,
    phase,
    step,
    version,
    reason,
    actorId,
    weightBps: candidateWeightBps(state, plan),
    stepSince: iso(state.stepSinceMs),
    changedAt: new Date(state.changedAtMs).toISOString(),
    createdAt: new Date(rollout.createdAtMs).toISOString(),
    createdBy: rollout.createdBy,
    startedAt: iso(rollout.startedAtMs),
    verdict: verdict && {
      reason: verdict.reason,
      gates: [...verdict.gates],
      guardrails: [...verdict.guardrails],
    },
    requests: { baseline: whole.baseline.requests, candidate: whole.candidate.requests },
    preFlight: { ...preFlight, findings: [...preFlight.findings] },
  }
}

function copy(chain: readonly (readonly string[])[]): string[][] {
  return chain.map((step) => [...step])
}
