import { askBreaker, beginProbe, endProbe } from '#lib/resilience/breaker'
import type { BreakerSignal, DeploymentBlock } from '#lib/resilience/breaker-signal'
import { signalsFor } from '#server/resilience/block-list'
import type { BreakerRegistry, DeploymentBreakers } from '#server/resilience/breaker-registry'
import type { Admission, AdmissionRefusal, Breakers } from '#server/resilience/breakers'
import type { ProbeLease, ProbeLeases } from '#server/resilience/probe-leases'

/** An admission with what its end has to give back. */
export interface OpenAdmission extends Admission {
  leases: ProbeLease[]
  /** Signals that the first token has settled already. */
  settled: readonly BreakerSignal[]
}

type Admitted = Admission | AdmissionRefusal

export interface AdmitParts {
  registry: BreakerRegistry
  leases: ProbeLeases
  nowMs: () => number
}

const none: readonly never[] = []
/** When to try again where another probe is on its way. */
const probeWaitMs = 1_000

/** Lets a call through, as a probe where one is due, or says what keeps it. */
export function admitCall(
  parts: AdmitParts,
  ...[deploymentId, { streamed, requestId }]: Parameters<Breakers['admit']>
): Admitted | Promise<Admitted> {
  const { registry } = parts
  const entry = registry.of(deploymentId)
  if (!entry.calm) registry.endIsolations()
  const { epochs } = entry
  const admission: OpenAdmission = {
    admitted: true,
    deploymentId,
    requestId,
    streamed,
    probes: none,
    epochs,
    leases: [],
    settled: none,
  }
  if (entry.calm) return admission
  const asked = ask(entry, streamed, parts.nowMs())
  if ('phase' in asked) return { admitted: false, block: asked }
  return asked.probes.length === 0 ? admission : takeProbes(parts, entry, { ...admission, ...asked })
}

function ask(
  entry: DeploymentBreakers,
  streamed: boolean,
  nowMs: number,
): DeploymentBlock | { probes: BreakerSignal[] } {
  const probes: BreakerSignal[] = []
  for (const signal of signalsFor(streamed)) {
    const answer = askBreaker(entry.breakers[signal], nowMs)
    if (typeof answer === 'object') return answer
    if (answer === 'probe') probes.push(signal)
  }
  return { probes }
}

/** Its place here is taken at once, so that no second call passes while the shared lease is asked for. */
function takeProbes(
  parts: AdmitParts,
  entry: DeploymentBreakers,
  admission: OpenAdmission,
): Admitted | Promise<Admitted> {
  const taken = admission.probes.map((signal) => {
    const breaker = entry.breakers[signal]
    breaker.probing += 1
    return parts.leases.take(entry.id, signal, breaker.policy.probes)
  })
  parts.registry.blocks.changed()
  const isHere = (one: (typeof taken)[number]) => !(one instanceof Promise)
  return taken.every(isHere)
    ? finishProbes(parts, { entry, admission, got: taken as (ProbeLease | null)[] })
    : Promise.all(taken).then((got) => finishProbes(parts, { entry, admission, got }))
}

interface TakenProbes {
  entry: DeploymentBreakers
  admission: OpenAdmission
  got: readonly (ProbeLease | null)[]
}

function finishProbes(parts: AdmitParts, { entry, admission, got }: TakenProbes): Admitted {
  const { registry } = parts
  const nowMs = parts.nowMs()
  for (const signal of admission.probes) endProbe(entry.breakers[signal])
  registry.blocks.changed()
  const leases = got.filter((lease) => lease !== null)
  const asked = ask(entry, admission.streamed, nowMs)
  const isComplete = leases.length === got.length
  // Another instance may have moved the breaker while the lease was asked for.
  const stillDue = !('phase' in asked) && asked.probes.length === got.length
  if (isComplete && stillDue) {
    for (const signal of admission.probes) registry.record(entry, beginProbe(entry.breakers[signal], nowMs))
    return { ...admission, leases, epochs: entry.epochs } as OpenAdmission
  }
  for (const lease of leases) lease.release()
  if ('phase' in asked) return { admitted: false, block: asked }
  const signal = asked.probes[0]
  if (signal === undefined) return { ...admission, probes: none, epochs: entry.epochs } as OpenAdmission
  const { reason } = entry.breakers[signal].state
  return { admitted: false, block: { signal, phase: 'half_open', reason, retryAtMs: nowMs + probeWaitMs } }
}
