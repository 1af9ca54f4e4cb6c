import { breakerPhases } from '#lib/resilience/breaker-signal'
import type { Container } from '#server/create-container'
import type { MinuteTokens } from '#server/telemetry/metrics/minute-tokens'
import type { Observe } from '#server/telemetry/metrics/open-metrics'

/** Whose state is read with every look at the metrics. */
export interface ObservedParts
  extends Pick<
    Container,
    'ledger' | 'gateway' | 'refusals' | 'redactor' | 'clock' | 'rollouts' | 'models' | 'migration'
  > {
  minuteTokens: MinuteTokens
}

/** Deployments, breakers, ledger, refusals and redaction as they are now. */
export function observeGateway(parts: ObservedParts, observe: Observe): void {
  const { ledger, refusals, redactor, gateway, rollouts, models } = parts
  for (const [id, { capacity }] of gateway.catalog().deployments) {
    observeDeployment(parts, observe, { id, tokensPerMinute: capacity?.tokensPerMinute ?? null })
  }
  const { switches, version } = gateway.traffic()
  observe('switchesInForce', switches.length, {})
  observe('configurationVersion', version, {})
  observe('journalDepth', ledger.journalPending(), {})
  observe('ledgerPending', ledger.pending(), {})
  observe('ledgerRefused', ledger.refused(), {})
  observe('experiments', gateway.experiments.trials().length, {})
  observe('databaseReachable', ledger.databaseReachable() ? 1 : 0, {})
  for (const { rolloutId, tier, candidateWeightBps } of gateway.traffic().shares) {
    const labels = { 'huntaze.rollout': rolloutId, 'huntaze.tier': tier }
    observe('rolloutWeight', candidateWeightBps / 10_000, labels)
  }
  for (const [by, count] of rollouts.rollbacks.read())
    observe('rolloutRollbacks', count, { 'huntaze.by': by })
  observe('shadowRunning', rollouts.mirrors.load().running, {})
  for (const [outcome, count] of rollouts.mirrors.outcomes())
    observe('shadowMirrors', count, { 'huntaze.outcome': outcome })
  for (const [move, count] of models.tally.read()) {
    if (move === 'guardrails' || move === 'operator')
      observe('versionRollbacks', count, { 'huntaze.by': move })
    else observe('fineTuningJobs', count, { 'huntaze.outcome': move })
  }
  observeStreams(parts, observe)
  for (const [code, count] of refusals.read()) observe('errors', count, { 'error.type': code })
  for (const [kind, count] of Object.entries(redactor.report().redacted)) {
    observe('redactions', count, { 'huntaze.kind': kind })
  }
}

function observeStreams({ migration, clock }: ObservedParts, observe: Observe): void {
  for (const one of migration.figures.read(clock.nowMs())) {
    const stream = { 'huntaze.stream': one.stream }
    observe('dualWriteLag', one.lagSeconds, stream)
    observe('dualWriteWaiting', one.waiting, stream)
    observe('dualWriteDeliveries', one.delivered, { ...stream, 'huntaze.outcome': 'delivered' })
    observe('dualWriteDeliveries', one.failed, { ...stream, 'huntaze.outcome': 'failed' })
    observe('dualWriteMismatches', one.openMismatches, stream)
  }
}

function observeDeployment(
  { gateway, clock, minuteTokens }: ObservedParts,
  observe: Observe,
  { id, tokensPerMinute }: { id: string; tokensPerMinute: number | null },
): void {
  const nowMs = clock.nowMs()
  const deployment = { 'huntaze.deployment': id }
  const gauge = gateway.gauges.read(id)
  observe('inFlight', gauge.inFlight, deployment)
  observe('queued', gateway.bulkheads.read(id).queued, deployment)
  observe('cooldown', Math.max(0, gauge.cooldownUntilMs - nowMs) / 1000, deployment)
  const { headroom } = gateway.gauges.load(id)
  if (headroom !== null) observe('headroom', headroom, deployment)
  const utilization = gauge.limits?.utilization ?? null
  if (utilization !== null) observe('ptuUtilization', utilization, deployment)
  if (tokensPerMinute) {
    observe('capacityUtilization', minuteTokens.read(id, nowMs) / tokensPerMinute, deployment)
  }
  for (const { signal, phase } of gateway.breakers.describe(id)) {
    for (const one of breakerPhases) {
      const labels = { ...deployment, 'huntaze.signal': signal, 'huntaze.phase': one }
      observe('breakerState', one === phase ? 1 : 0, labels)
    }
  }
}
