import { and, eq, gte, inArray } from 'drizzle-orm'
import type { Observation } from '#lib/alerts/observation'
import { rollouts } from '#schema/rollouts'
import type { Database } from '#server/db/database'
import { toRollout } from '#server/traffic/rollout-rows'

/** A rollback stays news for so long, unless it is retired or replaced before. */
const newsForMs = 24 * 3_600_000

/**
 * `rollout.rolled_back` of each rollout that rolled itself back within the last day and still says where its traffic goes,
 * and `rollout.waiting` of each that waits for an approval or is held: hours since then.
 */
export function observeRollouts(
  db: Pick<Database, 'orm'>,
): (nowMs: number) => Promise<readonly Observation[]> {
  return async (nowMs) => {
    const backs = await db.orm
      .select()
      .from(rollouts)
      .where(and(eq(rollouts.phase, 'rolled_back'), gte(rollouts.changedAt, new Date(nowMs - newsForMs))))
    const waiting = await db.orm
      .select()
      .from(rollouts)
      .where(inArray(rollouts.phase, ['awaiting_approval', 'held']))
    return [
      ...backs
        .map(toRollout)
        .filter(({ state }) => state.actorId === null)
        .map((rollout) =>
          observation(rollout, { metric: 'rollout.rolled_back', value: 1, unit: 'rollouts' }),
        ),
      ...waiting.map(toRollout).map((rollout) =>
        observation(rollout, {
          metric: 'rollout.waiting_hours',
          value: (nowMs - rollout.state.changedAtMs) / 3_600_000,
          unit: 'h',
        }),
      ),
    ]
  }
}

function observation(
  { id, tier, operation, state }: ReturnType<typeof toRollout>,
  measured: Pick<Observation, 'metric' | 'value' | 'unit'>,
): Observation {
  const labels = { rollout: id, tier, ...(operation === null ? {} : { operation }) }
  return { ...measured, labels, requestIds: [], detail: state.reason }
}
