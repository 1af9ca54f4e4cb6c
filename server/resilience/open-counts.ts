import type { BreakerSignal } from '#lib/resilience/breaker-signal'

/** How often each breaker opened since midnight UTC, all instances. */
export interface OpenCounts {
  midnightMs(): number
  load(counts: ReadonlyMap<string, number>): void
  count(deploymentId: string, signal: BreakerSignal): void
  today(deploymentId: string, signal: BreakerSignal): number
}

const dayMs = 86_400_000

export function createOpenCounts(clock: { nowMs: () => number }): OpenCounts {
  let day = 0
  let counts = new Map<string, number>()
  const current = () => {
    const today = Math.floor(clock.nowMs() / dayMs)
    if (today !== day) counts = new Map()
    day = today
    return counts
  }
  const key = (deploymentId: string, signal: BreakerSignal) => `${deploymentId} ${signal}`
  return {
    midnightMs: () => Math.floor(clock.nowMs() / dayMs) * dayMs,
    load(loaded) {
      for (const [name, count] of loaded) current().set(name, count)
    },
    count(deploymentId, signal) {
      const name = key(deploymentId, signal)
      current().set(name, (current().get(name) ?? 0) + 1)
    },
    today: (deploymentId, signal) => current().get(key(deploymentId, signal)) ?? 0,
  }
}
