import type { RegionHealthPolicy } from '#lib/deployments/region-policy'
import type { Failure, FailureClass } from '#lib/gateway/failure'

/** What attempts say about their region, without a probe: who answered last, and what failed since. */
export interface RegionWatch {
  /** Null = success. */
  saw(deploymentId: string, failure: Pick<Failure, 'class'> | null, nowMs: number): void
  /** Why the region counts as dark by now; null while it does not. */
  darkReason(policy: RegionHealthPolicy, nowMs: number): string | null
  clear(): void
}

const down: ReadonlySet<FailureClass> = new Set<FailureClass>([
  'connect',
  'reset',
  'server_error',
  'overloaded',
  'attempt_timeout',
  'idle_timeout',
])
/** Say nothing about the region: the caller's, or ours. */
const silent: ReadonlySet<FailureClass> = new Set<FailureClass>([
  'cancelled',
  'deadline',
  'total_timeout',
  'refused',
  'first_token_timeout',
  'cut_stream',
  'malformed',
])
const mostKept = 64

/** A watch over a region of so many deployments. */
export function createRegionWatch(deployments: number): RegionWatch {
  let answeredAtMs = Number.NEGATIVE_INFINITY
  let failures: { deploymentId: string; class: FailureClass; atMs: number }[] = []
  return {
    saw(deploymentId, failure, nowMs) {
      if (failure === null || !(down.has(failure.class) || silent.has(failure.class))) {
        answeredAtMs = nowMs
        if (failures.length > 0) failures = []
        return
      }
      if (!down.has(failure.class)) return
      failures.push({ deploymentId, class: failure.class, atMs: nowMs })
      if (failures.length > mostKept) failures.shift()
    },
    darkReason(policy, nowMs) {
      const fromMs = nowMs - policy.windowMs
      if (answeredAtMs > fromMs) return null
      const recent = failures.filter(({ atMs }) => atMs > fromMs)
      const hit = new Set(recent.map(({ deploymentId }) => deploymentId))
      const needed = deployments === 1 ? policy.minimumFailuresAlone : policy.minimumFailures
      if (recent.length < needed || (deployments > 1 && hit.size < 2)) return null
      const classes = [...new Set(recent.map((one) => one.class))].join(', ')
      return `${recent.length} calls to ${hit.size} of its deployments failed within ${policy.windowMs / 1000} s and none was answered (${classes})`
    },
    clear() {
      failures = []
    },
  }
}
