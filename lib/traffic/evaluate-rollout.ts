import { proportionBounds } from '#lib/experiments/proportion-bounds'
import { hasSampleRatioMismatch } from '#lib/experiments/sample-ratio'
import { type DualWriteRequirement, weightWithoutDualWriteBps } from '#lib/migration/dual-write-requirement'
import { type GuardrailReading, type GuardrailSight, readGuardrail } from '#lib/traffic/guardrail-reading'
import type { RolloutSpan } from '#lib/traffic/rollout-observation'
import type { RolloutPlan } from '#lib/traffic/rollout-plan'
import {
  candidateWeightBps,
  isWatched,
  type RolloutCommand,
  type RolloutState,
} from '#lib/traffic/rollout-state'
import type { ShadowCounts } from '#lib/traffic/shadow-report'

export interface RolloutSituation extends GuardrailSight {
  state: RolloutState
  /** Since the present step began. */
  step: RolloutSpan
  /** What came of mirroring in the present step; null where nothing is mirrored. */
  shadow: ShadowCounts | null
  /** Of the stores that move with the traffic; absent where the rollout leaves no old provider. */
  dualWrite?: DualWriteRequirement
  nowMs: number
}

/** One condition of the step, with the number that decides it. */
export interface GateReading {
  name: 'requests' | 'time' | 'guardrails' | 'shares' | 'parity' | 'dual_write'
  status: 'met' | 'waiting' | 'failed'
  value: number
  limit: number
  unit: 'requests' | 'ms' | 'worse' | 'mismatches' | 'share' | 'streams'
  text: string
}

/** What should happen now, why, and the numbers behind it. */
export interface RolloutVerdict {
  /** Null = stay. */
  command: Extract<
    RolloutCommand,
    'advance' | 'await_approval' | 'hold' | 'release' | 'roll_back' | 'complete'
  > | null
  /** For a person. */
  reason: string
  gates: readonly GateReading[]
  guardrails: readonly GuardrailReading[]
}

/**
 * Decides what a rollout does next. A guardrail whose evidence of harm is strong enough rolls back in every phase that is
 * watched, also while an operator paused it or an approval is awaited. Looking often is safe: the evidence is valid at
 * every time at once. What merely looks worse, or a mismatch of shares, holds; it goes on by itself when that is over.
 */
export function evaluateRollout(situation: RolloutSituation): RolloutVerdict {
  const guardrails = situation.plan.guardrails.map((guardrail) => readGuardrail(situation, guardrail))
  const gates = readGates(situation, guardrails)
  return { ...decide(situation, { guardrails, gates }), gates, guardrails }
}

function decide(
  { plan, state }: RolloutSituation,
  { guardrails, gates }: Pick<RolloutVerdict, 'guardrails' | 'gates'>,
): Pick<RolloutVerdict, 'command' | 'reason'> {
  if (!isWatched(state)) return { command: null, reason: `it is ${state.phase.replace('_', ' ')}` }
  const broken = guardrails.find(({ status }) => status === 'broken')
  if (broken) return { command: 'roll_back', reason: broken.text }
  const failed = gates.find(({ status }) => status === 'failed')
  const waiting = gates.find(({ status }) => status === 'waiting')
  if (state.phase === 'held' && state.actorId === null && !failed)
    return { command: 'release', reason: 'what held it is over' }
  if (state.phase === 'awaiting_approval' && failed) return { command: 'hold', reason: failed.text }
  if (state.phase !== 'running') return { command: null, reason: `it is ${state.phase.replace('_', ' ')}` }
  if (failed) return { command: 'hold', reason: failed.text }
  if (waiting) return { command: null, reason: waiting.text }
  const next = plan.steps[state.step + 1]
  if (!next) return { command: 'complete', reason: 'every gate of the last step is met' }
  const share = `${next.weightBps / 100} %`
  return next.needsApproval
    ? { command: 'await_approval', reason: `every gate is met; ${share} needs an approval` }
    : { command: 'advance', reason: `every gate is met, so it goes to ${share}` }
}

function readGates(situation: RolloutSituation, guardrails: readonly GuardrailReading[]): GateReading[] {
  const { plan, state, step, shadow, nowMs } = situation
  const gate = plan.steps[state.step]?.gate ?? { minimumRequests: 0, minimumMs: 0 }
  const requests = step.candidate.requests
  const lastedMs = state.stepSinceMs === null ? 0 : nowMs - state.stepSinceMs
  const worse = guardrails.filter(({ status }) => status === 'worse')
  const doubtful = guardrails.filter(({ status }) => status === 'doubtful')
  const isMismatched = hasMismatch({ plan, state, step })
  return [
    {
      name: 'requests',
      status: requests >= gate.minimumRequests ? 'met' : shadow?.capReached ? 'failed' : 'waiting',
      value: requests,
      limit: gate.minimumRequests,
      unit: 'requests',
      text: `${requests} of at least ${gate.minimumRequests} requests answered by the candidate${shadow?.capReached ? '; mirroring has stopped at its cost cap' : ''}`,
    },
    {
      name: 'time',
      status: lastedMs >= gate.minimumMs ? 'met' : 'waiting',
      value: lastedMs,
      limit: gate.minimumMs,
      unit: 'ms',
      text: `${minutes(lastedMs)} of at least ${minutes(gate.minimumMs)} min at this step`,
    },
    {
      name: 'guardrails',
      status: worse.length > 0 ? 'failed' : doubtful.length > 0 ? 'waiting' : 'met',
      value: worse.length + doubtful.length,
      limit: 0,
      unit: 'worse',
      text: (worse[0] ?? doubtful[0])?.text ?? 'no guardrail looks worse than its limit',
    },
    {
      name: 'shares',
      status: isMismatched ? 'failed' : 'met',
      value: isMismatched ? 1 : 0,
      limit: 0,
      unit: 'mismatches',
      text: isMismatched
        ? 'units are not split as intended (p < 0.001), so the two sides cannot be compared'
        : 'units are split as intended',
    },
    ...parityGate(plan, shadow),
    ...dualWriteGate(situation),
  ]
}

/** Chance that a candidate whose true parity is enough is ever held for it. */
const parityAlpha = 0.01

/** Failed only where too little parity is proven, however often it is looked at; of a shadow step alone. */
function parityGate(plan: RolloutPlan, shadow: ShadowCounts | null): GateReading[] {
  const limit = plan.shadow.minimumParity
  if (shadow === null || limit === null) return []
  const { pairs, alike } = shadow
  const value = pairs === 0 ? 0 : alike / pairs
  const isWorse = proportionBounds({ events: alike, trials: pairs }, parityAlpha).upper < limit
  const isMet = pairs > 0 && value >= limit
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const seen = `${alike} of ${pairs} pairs without a breaking difference`
  return [
    {
      name: 'parity',
      status: isWorse ? 'failed' : isMet ? 'met' : 'waiting',
      value,
      limit,
      unit: 'share',
      text:
        pairs === 0
          ? `no pair compared yet; ${percent(limit)} must be without a breaking difference`
          : `${seen} (${percent(value)} of at least ${percent(limit)})`,
    },
  ]
}

/** Before a step above 10 %: what is not clean is waited for. */
function dualWriteGate({ plan, state, dualWrite }: RolloutSituation): GateReading[] {
  const next = plan.steps[state.step + 1]
  if (!dualWrite || !next || next.weightBps <= weightWithoutDualWriteBps) return []
  const { met, clean, streams, text } = dualWrite
  return [
    {
      name: 'dual_write',
      status: met ? 'met' : 'waiting',
      value: clean,
      limit: streams,
      unit: 'streams',
      text: met ? text : `going above 10 % needs dual-write on and clean, but ${text}`,
    },
  ]
}

function hasMismatch({ plan, state, step }: Pick<RolloutSituation, 'plan' | 'state' | 'step'>): boolean {
  const weight = candidateWeightBps(state, plan)
  if (weight === 0 || weight === 10_000) return false
  return hasSampleRatioMismatch([
    { weight, units: step.candidate.units },
    { weight: 10_000 - weight, units: step.baseline.units },
  ])
}

function minutes(ms: number): string {
  return (ms / 60_000).toFixed(1)
}
