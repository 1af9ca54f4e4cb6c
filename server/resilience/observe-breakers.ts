import { gte } from 'drizzle-orm'
import type { Observation } from '#lib/alerts/observation'
import { breakerStates, breakerTransitions } from '#schema/resilience'
import type { Database } from '#server/db/database'

/** What opened and closed again between two looks is seen for as long. */
const rememberMs = 60_000
const mostRequests = 10

/**
 * Breakers that are not closed, or opened within the last minute: `breaker.open` (until it is closed again) and
 * `breaker.isolated`, 1 each, and `breaker.half_open_seconds`, by deployment and signal, with the requests that moved
 * them.
 */
export function observeBreakers(
  db: Pick<Database, 'orm'>,
): (nowMs: number) => Promise<readonly Observation[]> {
  return async (nowMs) => {
    const [states, moves] = await Promise.all([
      db.orm.select().from(breakerStates),
      db.orm
        .select()
        .from(breakerTransitions)
        .where(gte(breakerTransitions.at, new Date(nowMs - rememberMs))),
    ])
    return states.flatMap((state) => {
      const own = moves.filter(
        ({ deploymentId, signal }) => deploymentId === state.deploymentId && signal === state.signal,
      )
      const evidence = own.flatMap((move) => move.evidence).sort((a, b) => b.atMs - a.atMs)
      const requestIds = [...new Set(evidence.map(({ requestId }) => requestId))].slice(0, mostRequests)
      const seen = (metric: string, value: number, unit: string): Observation => ({
        metric,
        labels: { deployment: state.deploymentId, signal: state.signal },
        value,
        unit,
        requestIds,
        detail: state.reason,
      })
      const opened =
        state.phase === 'open' || state.phase === 'half_open' || own.some(({ toPhase }) => toPhase === 'open')
      const halfOpenSeconds = (nowMs - state.changedAt.getTime()) / 1000
      return [
        ...(opened ? [seen('breaker.open', 1, 'state')] : []),
        ...(state.phase === 'isolated' ? [seen('breaker.isolated', 1, 'state')] : []),
        ...(state.phase === 'half_open' ? [seen('breaker.half_open_seconds', halfOpenSeconds, 's')] : []),
      ]
    })
  }
}
