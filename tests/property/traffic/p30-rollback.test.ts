import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'
import { evaluateRollout } from '#lib/traffic/evaluate-rollout'
import { addSpan, noRolloutEvidence } from '#lib/traffic/rollout-evidence'
import { type ArmCounts, addSpans, emptySpan, noCounts } from '#lib/traffic/rollout-observation'
import type { RolloutPlan } from '#lib/traffic/rollout-plan'
import { changeRollout, newRollout, type RolloutPhase, type RolloutState } from '#lib/traffic/rollout-state'
import { healthyArm, type SimulatedArm, simulateRollout } from '#lib/traffic/simulate-rollout'
import { plainPlan } from '#tests/support/rollout-plans'

const minute = 60_000

/** Share of seeded runs that end rolled back. */
function rolledBackShare(runs: number, candidate: SimulatedArm, forMs: number): number {
  let count = 0
  for (let seed = 1; seed <= runs; seed += 1) {
    const options = {
      plan: plainPlan,
      baseline: healthyArm,
      candidate,
      requestsPerSecond: 20,
      everyMs: 5_000,
      forMs,
    }
    if (simulateRollout(options, createSeededRandom(seed)).at(-1)?.state.phase === 'rolled_back') count += 1
  }
  return count / runs
}

const started: RolloutState = {
  phase: 'running',
  step: 0,
  version: 2,
  visit: 2,
  stepSinceMs: 0,
  changedAtMs: 0,
  reason: 'by hand',
  actorId: 'usr_1',
}

/** The verdict after equal spans, each with these counts. */
function verdictAfter(
  spans: number,
  counts: { baseline: Partial<ArmCounts>; candidate: Partial<ArmCounts> },
  { plan = plainPlan, state = started }: { plan?: RolloutPlan; state?: RolloutState } = {},
) {
  const span = {
    baseline: { ...noCounts, ...counts.baseline },
    candidate: { ...noCounts, ...counts.candidate },
  }
  let [evidence, whole] = [noRolloutEvidence, emptySpan]
  for (let index = 0; index < spans; index += 1) {
    evidence = addSpan(evidence, span, plan)
    whole = addSpans(whole, span)
  }
  return evaluateRollout({
    plan,
    state,
    evidence,
    whole,
    step: whole,
    stored: null,
    shadow: null,
    nowMs: spans * 5_000,
  })
}

describe('P30 a rollout rolls itself back', () => {
  it('P30 in at most 5 % of A/A runs, looked at every 5 seconds', () => {
    expect(rolledBackShare(100, healthyArm, 5 * minute)).toBeLessThanOrEqual(0.05)
  })

  it('P30 within 3 minutes in at least 95 % of runs when errors rise from 1 % to 6 % at 10 % of 20 requests/s', () => {
    expect(rolledBackShare(60, { ...healthyArm, errorRate: 0.06 }, 3 * minute)).toBeGreaterThanOrEqual(0.95)
  })

  it('P30 within 5 minutes in at least 95 % of runs when it is 30 % slower', () => {
    const slow = { ...healthyArm, medianMs: healthyArm.medianMs * 1.3 }
    expect(rolledBackShare(40, slow, 5 * minute)).toBeGreaterThanOrEqual(0.95)
  })

  it('P30 for cost and refusals too, and not for a candidate that is better', () => {
    const run = (candidate: Partial<SimulatedArm>) =>
      rolledBackShare(12, { ...healthyArm, ...candidate }, 10 * minute)
    expect(run({ costNanoUsd: healthyArm.costNanoUsd * 1.6 })).toBe(1)
    expect(run({ refusalRate: 0.05 })).toBe(1)
    expect(run({ medianMs: 600, errorRate: 0.002, costNanoUsd: 100_000, refusalRate: 0 })).toBe(0)
  })

  it('P30 for lower quality, in that direction only', () => {
    const scored = (old: number, fresh: number) =>
      verdictAfter(400, {
        baseline: { requests: 90, scores: 9, scoreSum: 9 * old },
        candidate: { requests: 10, scores: 1, scoreSum: fresh },
      })
    expect(scored(0.9, 0.5).command).toBe('roll_back')
    expect(scored(0.5, 0.9).command).not.toBe('roll_back')
  })

  it('P30 also while paused, held or waiting for an approval, and never when nobody watches it', () => {
    const bad = { baseline: { requests: 90, errors: 1 }, candidate: { requests: 10, errors: 5 } }
    const commandIn = (phase: RolloutPhase) => verdictAfter(30, bad, { state: { ...started, phase } }).command
    for (const phase of ['running', 'held', 'paused', 'awaiting_approval'] as const)
      expect(commandIn(phase)).toBe('roll_back')
    for (const phase of ['pending', 'rolled_back', 'completed'] as const) expect(commandIn(phase)).toBe(null)
  })

  it('P30 never for one error among three requests', () => {
    const verdict = verdictAfter(1, {
      baseline: { requests: 27, errors: 0 },
      candidate: { requests: 3, errors: 1 },
    })
    expect(verdict.command).toBe(null)
    expect(verdict.guardrails[0]?.status).toBe('unknown')
    const patient = { ...plainPlan, minimumEvidenceRequests: 1 }
    const counts = { baseline: { requests: 27 }, candidate: { requests: 3, errors: 1 } }
    expect(verdictAfter(1, counts, { plan: patient }).command).not.toBe('roll_back')
  })

  it('says with which numbers: both sides, the evidence and its limit', () => {
    const verdict = verdictAfter(30, {
      baseline: { requests: 90, errors: 1 },
      candidate: { requests: 10, errors: 5 },
    })
    expect(verdict.reason).toMatch(
      /^Errors: 50\.00 % against 1\.11 %; evidence of harm \d+ % of what rolls back$/,
    )
    const [errors] = verdict.guardrails
    expect(errors).toMatchObject({ metric: 'error_rate', status: 'broken', unit: 'rate' })
    expect(errors?.lnEvidence).toBeGreaterThan(errors?.lnLimit ?? 0)
  })
})

describe('a rollout goes on', () => {
  const well = {
    baseline: { requests: 900, errors: 9, units: 900 },
    candidate: { requests: 100, errors: 1, units: 100 },
  }

  it('only when it has run long enough with enough requests, and asks where an approval is wanted', () => {
    expect(verdictAfter(3, well).command).toBe(null)
    expect(verdictAfter(3, well).reason).toBe('300 of at least 500 requests answered by the candidate')
    expect(verdictAfter(10, well).reason).toBe('0.8 of at least 30.0 min at this step')
    expect(verdictAfter(400, well).command).toBe('await_approval')
    const [first, ...rest] = plainPlan.steps
    const byItself = {
      ...plainPlan,
      steps: [first, ...rest].flatMap((step) => (step ? [{ ...step, needsApproval: false }] : [])),
    }
    expect(verdictAfter(400, well, { plan: byItself }).command).toBe('advance')
    const last = { ...started, step: 2 }
    expect(verdictAfter(20_000, well, { state: last }).command).toBe('complete')
  })

  it('holds while units are not split as intended, and is released by itself, but not when an operator holds it', () => {
    const skewed = { ...well, candidate: { ...well.candidate, units: 400 } }
    expect(verdictAfter(10, skewed).command).toBe('hold')
    const held = { ...started, phase: 'held' as const, actorId: null }
    expect(verdictAfter(10, skewed, { state: held }).command).toBe(null)
    expect(verdictAfter(10, well, { state: held }).command).toBe('release')
    expect(verdictAfter(10, well, { state: { ...held, actorId: 'usr_1' } }).command).toBe(null)
    expect(verdictAfter(10, skewed, { state: { ...started, phase: 'awaiting_approval' } }).command).toBe(
      'hold',
    )
  })

  it('is new, then started, and its share is 0 until then', () => {
    const move = { nowMs: 5, reason: 'try it', actorId: 'usr_1' }
    const fresh = newRollout(move)
    expect(changeRollout({ state: fresh, plan: plainPlan }, 'start', move)).toMatchObject({
      ok: true,
      state: { phase: 'running', step: 0, version: 2, visit: 2, stepSinceMs: 5 },
    })
  })
})
