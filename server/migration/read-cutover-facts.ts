import { type AlertedRoute, concernsRoute } from '#lib/migration/concerns-route'
import type { CutoverFacts } from '#lib/migration/cutover-refusal'
import { candidateWeightBps } from '#lib/traffic/rollout-state'
import type { Container } from '#server/create-container'
import type { StoredRollout } from '#server/traffic/rollout-rows'

type Parts = Pick<Container, 'db' | 'catalog' | 'migration'>

/** What moves of a rollout are held against, as of now. Reads the database: not inside a transaction. */
export async function readCutoverFacts(parts: Parts, rollout: StoredRollout): Promise<CutoverFacts> {
  const { plan, state } = rollout
  const sinceMs = candidateWeightBps(state, plan) === 10_000 ? state.stepSinceMs : null
  const [dualWrite, alerts] = await Promise.all([
    parts.migration.dualWrite(),
    sinceMs === null ? [] : readAlerts(parts, rollout, sinceMs),
  ])
  return { dualWrite, atFull: { sinceMs, alerts, days: plan.retireAfterDays } }
}

/**
 * Sentences of the alerts about the candidate's side of a rollout that were open at some time since then, the newest first;
 * null = that are open now. Informative ones are none.
 */
export async function readAlerts(
  { db, catalog }: Pick<Parts, 'db' | 'catalog'>,
  rollout: StoredRollout,
  sinceMs: number | null,
): Promise<string[]> {
  const { rows } = await db.pool.query<{ sentence: string; labels: Record<string, string> }>(
    `SELECT sentence, labels FROM alerts
     WHERE severity <> 'info' AND fired_at IS NOT NULL AND (state <> 'resolved' OR resolved_at >= $1)
     ORDER BY fired_at DESC, id LIMIT 1000`,
    [sinceMs === null ? null : new Date(sinceMs)],
  )
  const { id, tier, operation, candidate } = rollout
  const known = catalog.current()
  const deployments = (candidate ?? known.tiers.get(tier)?.chain ?? []).flat()
  const models = deployments.flatMap((name) => known.deployments.get(name)?.model ?? [])
  const route: AlertedRoute = { rolloutId: id, tier, operation, deployments, models }
  return rows.filter(({ labels }) => concernsRoute(labels, route)).map(({ sentence }) => sentence)
}
