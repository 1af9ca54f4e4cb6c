import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateRollout } from '#lib/traffic/evaluate-rollout'
import { addSpans, emptySpan, noCounts, type RolloutSpan } from '#lib/traffic/rollout-observation'
import { advanceProgress, noProgress, type RolloutProgress, wholeOf } from '#lib/traffic/rollout-progress'
import type { RolloutState } from '#lib/traffic/rollout-state'
import { plainPlan } from '#tests/support/rollout-plans'

const plan = plainPlan
const arm = fc.record({ requests: fc.integer({ min: 0, max: 40 }), errors: fc.nat(5), latency: fc.nat(60) })
const span = fc.tuple(arm, arm).map(([baseline, candidate]): RolloutSpan => {
  const counts = ({ requests, errors, latency }: typeof baseline) => ({
    ...noCounts,
    requests,
    errors: Math.min(errors, requests),
    latencyMs: requests > 0 ? { [latency]: requests } : {},
  })
  return { baseline: counts(baseline), candidate: counts(candidate) }
})
const at = (weightBps: number) => ({ plan, weightBps })

describe('what the evaluator remembers', () => {
  it('counts each request once, whenever totals arrive and however often they are read', () => {
    const script = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), span, fc.boolean()), { maxLength: 12 })
    fc.assert(
      fc.property(script, (steps) => {
        const totals = new Map<number, RolloutSpan>()
        let progress: RolloutProgress = noProgress
        const read = () => [...totals].map(([visit, counts]) => ({ visit, weightBps: 1_000, counts }))
        for (const [visit, counted, twice] of steps) {
          totals.set(visit, addSpans(totals.get(visit) ?? emptySpan, counted))
          progress = advanceProgress(progress, read(), at(1_000))
          if (twice) expect(advanceProgress(progress, read(), at(1_000))).toEqual(progress)
        }
        const all = steps.reduce((sum, [, counted]) => addSpans(sum, counted), emptySpan)
        expect(wholeOf(progress)).toEqual(all)
      }),
      { numRuns: 60 },
    )
  })

  it('P30 holds a candidate with all the traffic against the stored baseline, and rolls it back', () => {
    const whole = { ...noCounts, requests: 2_000, errors: 20, latencyMs: { 140: 2_000 } }
    const before = { baseline: whole, candidate: { ...noCounts, requests: 2_000, errors: 20 } }
    let progress = advanceProgress(noProgress, [{ visit: 2, weightBps: 5_000, counts: before }], at(5_000))
    expect(progress.stored).toBe(null)
    progress = advanceProgress(progress, [], at(10_000))
    expect(progress.stored?.baseline).toEqual(whole)
    const state: RolloutState = {
      phase: 'running',
      step: 2,
      version: 9,
      visit: 9,
      stepSinceMs: 0,
      changedAtMs: 0,
      reason: 'approved',
      actorId: 'usr_1',
    }
    const judge = (errors: number) => {
      const counts = { ...emptySpan, candidate: { ...noCounts, requests: 1_000, errors } }
      const totals = [{ visit: 9, weightBps: 10_000, counts }]
      const { evidence, stored } = advanceProgress(progress, totals, at(10_000))
      return evaluateRollout({
        plan,
        state,
        evidence,
        stored,
        whole: before,
        step: counts,
        shadow: null,
        nowMs: 1,
      })
    }
    expect(judge(10).command).toBe(null)
    const bad = judge(80)
    expect(bad.command).toBe('roll_back')
    expect(bad.reason).toMatch(/^Errors: 8\.00 % against 1\.00 %/)
  })
})
