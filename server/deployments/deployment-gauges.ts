import type { Failure } from '#lib/gateway/failure'
import type { ProviderLimits } from '#server/gateway/providers/provider'

/** What this process knows of a deployment at this moment. */
export interface DeploymentGauge {
  inFlight: number
  /** Milliseconds since 1970; 0 = free. */
  cooldownUntilMs: number
  cooldownReason: string | null
  limits: ProviderLimits | null
}

/** Live numbers of each deployment, fed by attempts and read by planning and the console. */
export interface DeploymentGauges {
  begin(deploymentId: string): void
  end(deploymentId: string): void
  sawLimits(deploymentId: string, limits: ProviderLimits): void
  sawFailure(deploymentId: string, failure: Failure): void
  read(deploymentId: string): Readonly<DeploymentGauge>
  /** Deployments that asked to be left alone, with the time until which; past entries are dropped on reading. */
  cooldowns(): ReadonlyMap<string, number>
}

/** A provider that names no time is left alone for this long; one that names a longer time than the cap is asked again after it. */
const defaultCooldownMs = 1_000
const longestCooldownMs = 60_000

export function createDeploymentGauges(options: { nowMs: () => number }): DeploymentGauges {
  const gauges = new Map<string, DeploymentGauge>()
  const cooling = new Map<string, number>()
  const of = (id: string): DeploymentGauge => {
    const known = gauges.get(id)
    if (known) return known
    const fresh: DeploymentGauge = { inFlight: 0, cooldownUntilMs: 0, cooldownReason: null, limits: null }
    gauges.set(id, fresh)
    return fresh
  }
  return {
    begin(id) {
      of(id).inFlight += 1
    },
    end(id) {
      of(id).inFlight -= 1
    },
    sawLimits(id, limits) {
      of(id).limits = limits
    },
    sawFailure(id, failure) {
      if (failure.class !== 'rate_limited') return
      const waitMs = Math.min(failure.retryAfterMs ?? defaultCooldownMs, longestCooldownMs)
      const gauge = of(id)
      gauge.cooldownUntilMs = options.nowMs() + waitMs
      gauge.cooldownReason = failure.error.message
      cooling.set(id, gauge.cooldownUntilMs)
    },
    read: of,
    cooldowns() {
      if (cooling.size === 0) return cooling
      const nowMs = options.nowMs()
      for (const [id, untilMs] of cooling) if (untilMs <= nowMs) cooling.delete(id)
      return cooling
    },
  }
}
