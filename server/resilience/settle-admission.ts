import { endProbe, settleCall } from '#lib/resilience/breaker'
import { type BreakerSignal, breakerSignals } from '#lib/resilience/breaker-signal'
import { breakerVerdict, type CallOutcome } from '#lib/resilience/breaker-verdict'
import type { AdmitParts, OpenAdmission } from '#server/resilience/admit-call'

type SettleParts = Omit<AdmitParts, 'leases'>

/** The end of a call, for every signal that its first token has not settled. */
export function settleAdmission(parts: SettleParts, admission: OpenAdmission, outcome: CallOutcome): void {
  settleSignals(parts, admission, { signals: breakerSignals, outcome })
  giveBack(admission)
}

/** The first content token: latency is known, and a probe is good. */
export function settleFirstToken(parts: SettleParts, admission: OpenAdmission, firstTokenMs: number): void {
  const signals: BreakerSignal[] = ['latency', ...admission.probes.filter((one) => one !== 'latency')]
  settleSignals(parts, admission, { signals, outcome: { kind: 'success', firstTokenMs } })
  admission.settled = signals
  giveBack(admission)
}

function giveBack(admission: OpenAdmission): void {
  if (admission.leases.length === 0) return
  for (const lease of admission.leases.splice(0)) lease.release()
}

function settleSignals(
  { registry, nowMs }: SettleParts,
  admission: OpenAdmission,
  { signals, outcome }: { signals: readonly BreakerSignal[]; outcome: CallOutcome },
): void {
  const entry = registry.of(admission.deploymentId)
  for (const signal of signals) {
    if (admission.settled.includes(signal)) continue
    const breaker = entry.breakers[signal]
    const probe = admission.probes.includes(signal)
    if (probe) {
      endProbe(breaker)
      registry.blocks.changed()
    }
    const verdict = breakerVerdict(outcome, signal, entry.slowMs)
    if (verdict === 'neutral') continue
    const transition = settleCall(breaker, {
      verdict,
      epoch: admission.epochs[signal],
      probe,
      nowMs: nowMs(),
      requestId: admission.requestId,
      failureClass: outcome.kind === 'failure' ? outcome.failure.class : 'slow_first_token',
    })
    registry.record(entry, transition)
  }
}
