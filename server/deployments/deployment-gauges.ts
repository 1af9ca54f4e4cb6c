import { limitHeadroom } from '#lib/deployments/limit-headroom'
import type { DeploymentLoad } from '#lib/gateway/balance-step'
import type { Failure, FailureClass } from '#lib/gateway/failure'
import { failureTreatments } from '#lib/gateway/failure-treatments'
import { createQuantileWindow, type QuantileWindow } from '#lib/telemetry/quantile-window'
import type { ProviderLimits } from '#server/gateway/providers/provider'

/** What this process knows of a deployment at this moment. */
export interface DeploymentGauge {
  inFlight: number
  /** Milliseconds since 1970; 0 = free. */
  cooldownUntilMs: number
  cooldownReason: string | null
  limits: ProviderLimits | null
  /** When the provider said so; milliseconds since 1970. */
  limitsAtMs: number
  /** Moving average of what a success took to its first token, or to its end where it did not stream. */
  latencyMs: number | null
}

/** Live numbers of each deployment, fed by attempts and read by planning and the console. */
export interface DeploymentGauges {
  begin(deploymentId: string): void
  end(deploymentId: string): void
  /** What was said before stays where an answer says nothing of limits. */
  sawLimits(deploymentId: string, limits: ProviderLimits): void
  sawFailure(deploymentId: string, failure: Failure): void
  /** Successes alone are measured: a fast refusal is no sign of speed. */
  sawSuccess(deploymentId: string, took: { firstTokenMs: number | null; durationMs: number }): void
  read(deploymentId: string): Readonly<DeploymentGauge>
  /** What balancing asks. */
  load(deploymentId: string): DeploymentLoad
  /** Of the latest first tokens here; null before the first. */
  firstTokenP95Ms(deploymentId: string): { p95Ms: number; samples: number } | null
  /** Deployments that asked to be left alone, with the time until which; past entries are dropped on reading. */
  cooldowns(): ReadonlyMap<string, number>
}

/** Weight of the newest success in the moving average. */
const smoothing = 0.2
/** Latest first tokens that the p95 is made of. */
const firstTokensKept = 128

interface Entry {
  gauge: DeploymentGauge
  firstTokens: QuantileWindow
}

export function createDeploymentGauges(options: { nowMs: () => number }): DeploymentGauges {
  const entries = new Map<string, Entry>()
  const cooling = new Map<string, number>()
  const of = (id: string): Entry => {
    const known = entries.get(id)
    if (known) return known
    const fresh = { gauge: emptyGauge(), firstTokens: createQuantileWindow(firstTokensKept) }
    entries.set(id, fresh)
    return fresh
  }
  const leaveAlone = (id: string, waitMs: number | null, reason: string): void => {
    if (waitMs === null) return
    const { gauge } = of(id)
    gauge.cooldownUntilMs = options.nowMs() + waitMs
    gauge.cooldownReason = reason
    cooling.set(id, gauge.cooldownUntilMs)
  }
  return {
    begin(id) {
      of(id).gauge.inFlight += 1
    },
    end(id) {
      of(id).gauge.inFlight -= 1
    },
    sawLimits(id, limits) {
      if (!statesLimits(limits)) return
      const { gauge } = of(id)
      gauge.limits = limits
      gauge.limitsAtMs = options.nowMs()
      if (limits.retryAfterMs !== null) leaveAlone(id, cooldownMs('ptu_full', limits.retryAfterMs), usedUp)
    },
    sawFailure(id, failure) {
      leaveAlone(id, cooldownMs(failure.class, failure.retryAfterMs), failure.error.message)
    },
    sawSuccess(id, { firstTokenMs, durationMs }) {
      const { gauge, firstTokens } = of(id)
      const tookMs = firstTokenMs ?? durationMs
      gauge.latencyMs =
        gauge.latencyMs === null ? tookMs : gauge.latencyMs + smoothing * (tookMs - gauge.latencyMs)
      if (firstTokenMs !== null) firstTokens.add(firstTokenMs)
    },
    read: (id) => of(id).gauge,
    load(id) {
      const { inFlight, limits, limitsAtMs, latencyMs } = of(id).gauge
      const headroom = limits && limitHeadroom(limits, options.nowMs() - limitsAtMs)
      return { inFlight, headroom, latencyMs }
    },
    firstTokenP95Ms(id) {
      const { firstTokens } = of(id)
      const p95Ms = firstTokens.quantile(0.95)
      return p95Ms === null ? null : { p95Ms, samples: firstTokens.size() }
    },
    cooldowns() {
      if (cooling.size === 0) return cooling
      const nowMs = options.nowMs()
      for (const [id, untilMs] of cooling) if (untilMs <= nowMs) cooling.delete(id)
      return cooling
    },
  }
}

/** Null = not left alone at all. */
function cooldownMs(failureClass: FailureClass, askedMs: number | null): number | null {
  const { cooldown } = failureTreatments[failureClass]
  return cooldown && Math.min(askedMs ?? cooldown.defaultMs, cooldown.capMs)
}

const usedUp = 'its provisioned throughput is used up'

function statesLimits({ remainingTokens, remainingRequests, utilization }: ProviderLimits): boolean {
  return remainingTokens !== null || remainingRequests !== null || utilization !== null
}

function emptyGauge(): DeploymentGauge {
  return {
    inFlight: 0,
    cooldownUntilMs: 0,
    cooldownReason: null,
    limits: null,
    limitsAtMs: 0,
    latencyMs: null,
  }
}
