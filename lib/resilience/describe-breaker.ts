import type { BreakerView } from '#lib/contracts/resilience'
import type { Breaker } from '#lib/resilience/breaker'

/** A breaker as the board shows it. */
export function describeBreaker(
  { signal, state, window, openedOn }: Breaker,
  { nowMs, opensToday }: { nowMs: number; opensToday: number },
): BreakerView {
  const { calls, failed } = openedOn ?? window.read(nowMs)
  const { phase, reason, changedAtMs, retryAtMs, isolatedUntilMs } = state
  return {
    signal,
    phase,
    reason,
    since: instant(changedAtMs === 0 ? null : changedAtMs),
    retryAt: instant(phase === 'open' ? retryAtMs : null),
    isolatedUntil: instant(isolatedUntilMs),
    opensToday,
    calls,
    errorRatio: calls === 0 ? null : failed / calls,
  }
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
