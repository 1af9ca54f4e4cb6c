import type { SeededRandom } from '#lib/simulator/create-seeded-random'
import { drawLogNormal } from '#lib/simulator/draw-counts'
import { evaluateRollout, type RolloutVerdict } from '#lib/traffic/evaluate-rollout'
import { ratioBucket } from '#lib/traffic/ratio-histogram'
import { addSpan, noRolloutEvidence, type RolloutEvidence } from '#lib/traffic/rollout-evidence'
import {
  addSpans,
  type CountsInWork,
  countsInWork,
  emptySpan,
  type RolloutSpan,
} from '#lib/traffic/rollout-observation'
import type { RolloutPlan } from '#lib/traffic/rollout-plan'
import { changeRollout, newRollout, type RolloutState } from '#lib/traffic/rollout-state'

/** How one side behaves. */
export interface SimulatedArm {
  errorRate: number
  refusalRate: number
  /** Of the whole answer and the first token; log-normal. */
  medianMs: number
  costNanoUsd: number
}

export interface SimulatedRollout {
  plan: RolloutPlan
  baseline: SimulatedArm
  candidate: SimulatedArm
  /** Of both sides together. */
  requestsPerSecond: number
  forMs: number
  /** Between two looks. */
  everyMs: number
}

/** Standard deviation of the logarithm of simulated times and costs. */
const deviation = 0.5

/** A healthy side, as answers of a chat model behave. */
export const healthyArm: SimulatedArm = {
  errorRate: 0.01,
  refusalRate: 0.005,
  medianMs: 900,
  costNanoUsd: 400_000,
}

/** Where a simulated rollout stands after each look. */
export interface SimulatedLook {
  atMs: number
  state: RolloutState
  verdict: RolloutVerdict
}

/**
 * Plays a rollout from its start, looks after every span and does what `evaluateRollout` says; approvals are not given.
 * Ends early when it is rolled back. Deterministic for a seed.
 */
export function simulateRollout(options: SimulatedRollout, random: SeededRandom): SimulatedLook[] {
  const { plan, everyMs, forMs } = options
  const looks: SimulatedLook[] = []
  let state = started(plan)
  let evidence: RolloutEvidence = noRolloutEvidence
  let [whole, step]: [RolloutSpan, RolloutSpan] = [emptySpan, emptySpan]
  for (let nowMs = everyMs; nowMs <= forMs && state.phase !== 'rolled_back'; nowMs += everyMs) {
    const span = drawSpan(options, random, (plan.steps[state.step]?.weightBps ?? 0) / 10_000)
    evidence = addSpan(evidence, span, plan)
    whole = addSpans(whole, span)
    step = addSpans(step, span)
    const verdict = evaluateRollout({ plan, state, evidence, whole, step, stored: null, shadow: null, nowMs })
    if (verdict.command) {
      const move = { nowMs, reason: verdict.reason, actorId: null }
      const changed = changeRollout({ state, plan }, verdict.command, move)
      if (!changed.ok) throw new RangeError(changed.problem)
      if (changed.state.step !== state.step) step = emptySpan
      state = changed.state
    }
    looks.push({ atMs: nowMs, state, verdict })
  }
  return looks
}

function started(plan: RolloutPlan): RolloutState {
  const move = { nowMs: 0, reason: 'simulated', actorId: null }
  const changed = changeRollout({ state: newRollout(move), plan }, 'start', move)
  if (!changed.ok) throw new RangeError(changed.problem)
  return changed.state
}

function drawSpan(
  { baseline, candidate, requestsPerSecond, everyMs }: SimulatedRollout,
  random: SeededRandom,
  share: number,
): RolloutSpan {
  const arms = {
    baseline: countsInWork(),
    candidate: countsInWork(),
  }
  const requests = Math.round((requestsPerSecond * everyMs) / 1_000)
  for (let request = 0; request < requests; request += 1) {
    const side = random.next() < share ? 'candidate' : 'baseline'
    addRequest(arms[side], side === 'candidate' ? candidate : baseline, random)
  }
  return arms
}

/** Half of the requests stream. Each is a unit of its own. */
function addRequest(counts: CountsInWork, arm: SimulatedArm, random: SeededRandom): void {
  counts.requests += 1
  counts.units += 1
  if (random.next() < arm.errorRate) {
    counts.errors += 1
    return
  }
  if (random.next() < arm.refusalRate) counts.refusals += 1
  const column = random.next() < 0.5 ? counts.latencyMs : counts.firstTokenMs
  const ms = ratioBucket(drawLogNormal(random, arm.medianMs, deviation))
  column[ms] = (column[ms] ?? 0) + 1
  const cost = drawLogNormal(random, arm.costNanoUsd, deviation)
  const bucket = ratioBucket(cost)
  counts.costNanoUsd[bucket] = (counts.costNanoUsd[bucket] ?? 0) + 1
  counts.costSumNanoUsd += cost
}
