import { and, eq, inArray, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { fineTuningJobs, modelDeployments } from '#schema/models'

type LeasedTable = typeof fineTuningJobs | typeof modelDeployments

/** How long a holder that says nothing is believed to live. */
export const leaseMs = 60_000

/**
 * The condition under which a row may be taken now by `holder`: due, in one of the states, and held by nobody else who
 * lives. Others that take at the same moment pass it over.
 */
export function takeable(
  table: LeasedTable,
  { holder, states, nowMs }: { holder: string; states: readonly string[]; nowMs: number },
): SQL {
  const now = new Date(nowMs)
  const free = or(isNull(table.leaseUntil), lt(table.leaseUntil, now), eq(table.leaseHolder, holder))
  const due = and(inArray(table.state, [...states] as never[]), lte(table.nextStepAt, now), free)
  return eq(
    table.id,
    sql`(SELECT ${table.id} FROM ${table} WHERE ${due} ORDER BY ${table.nextStepAt} LIMIT 1 FOR UPDATE SKIP LOCKED)`,
  )
}

/** The columns that make a row this holder's. */
export function takenBy(holder: string, nowMs: number) {
  return { leaseHolder: holder, leaseUntil: new Date(nowMs + leaseMs) }
}

/** The columns that give it back, to be looked at again after a while. */
export function givenBack(nowMs: number, afterMs: number) {
  return { leaseHolder: null, leaseUntil: null, nextStepAt: new Date(nowMs + afterMs) }
}
