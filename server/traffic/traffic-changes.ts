import { and, eq, gt, inArray, ne, or } from 'drizzle-orm'
import type { SwitchView } from '#lib/contracts/traffic'
import type { SwitchScope } from '#lib/traffic/traffic-config'
import { rolloutEvents, rollouts } from '#schema/rollouts'
import type { Database } from '#server/db/database'

/** A moment since when part of the traffic is meant to go elsewhere. */
export interface TrafficChange {
  scope: SwitchScope
  atMs: number
}

/** Steps of rollouts after a moment, in no order. */
export async function readRolloutChanges(
  { orm }: Pick<Database, 'orm'>,
  afterMs: number,
): Promise<TrafficChange[]> {
  const moves = or(
    ne(rolloutEvents.fromWeightBps, rolloutEvents.toWeightBps),
    inArray(rolloutEvents.command, ['start', 'retire']),
  )
  const rows = await orm
    .select({ tier: rollouts.tier, operation: rollouts.operation, at: rolloutEvents.at })
    .from(rolloutEvents)
    .innerJoin(rollouts, eq(rollouts.id, rolloutEvents.rolloutId))
    .where(and(gt(rolloutEvents.at, new Date(afterMs)), moves))
  return rows.map(({ tier, operation, at }) => ({
    scope: operation === null ? { kind: 'tier', tier } : { kind: 'operation', tier, operation },
    atMs: at.getTime(),
  }))
}

/** Switches thrown and taken back, in no order. */
export function switchChanges(switches: readonly SwitchView[]): TrafficChange[] {
  return switches.flatMap(({ scope, thrown, returned }) =>
    [thrown, returned].flatMap((deed) => (deed ? [{ scope, atMs: Date.parse(deed.at) }] : [])),
  )
}
