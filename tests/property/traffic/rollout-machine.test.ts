import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RolloutPlanInput, rolloutPlanProblems, rolloutPlanSchema } from '#lib/traffic/rollout-plan'
import {
  candidateWeightBps,
  changeRollout,
  isWatched,
  newRollout,
  rolloutCommands,
  rolloutPhases,
  rolloutTransitions,
} from '#lib/traffic/rollout-state'
import { plainPlan } from '#tests/support/rollout-plans'

const plan = plainPlan
const command = fc.record({
  command: fc.constantFrom(...rolloutCommands),
  toStep: fc.option(fc.integer({ min: -1, max: 3 }), { nil: undefined }),
  /** The process dies before the change is stored. */
  crashes: fc.boolean(),
})
const move = { nowMs: 0, reason: 'r', actorId: null }

describe('the state machine of a rollout', () => {
  it('through any commands and crashes: shares rise one step at a time, rolled back is the end, versions never repeat', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        let stored = newRollout(move)
        const versions = new Set([stored.version])
        for (const [index, { command, toStep, crashes }] of commands.entries()) {
          const before = stored
          const copy = structuredClone(before)
          const changed = changeRollout({ state: before, plan }, command, {
            ...move,
            nowMs: index + 1,
            ...(toStep === undefined ? {} : { toStep }),
          })
          expect(before).toEqual(copy)
          if (!changed.ok || crashes) continue
          stored = changed.state
          expect(versions.has(stored.version)).toBe(false)
          versions.add(stored.version)
          expect(before.phase).not.toBe('retired')
          if (before.phase === 'rolled_back') expect(stored.phase).toBe('retired')
          expect(stored.visit === stored.version).toBe(stored.stepSinceMs !== before.stepSinceMs)
          expect(stored.step - before.step).toBeLessThanOrEqual(1)
          if (stored.step > before.step) expect(['advance', 'approve']).toContain(command)
          const [was, is] = [candidateWeightBps(before, plan), candidateWeightBps(stored, plan)]
          if (is > was) expect(['start', 'advance', 'approve']).toContain(command)
          if (command === 'roll_back') expect(is).toBe(0)
          if (stored.phase === 'completed') expect(is).toBe(10_000)
        }
      }),
    )
  })

  it('can be rolled back from every phase in which the candidate has traffic', () => {
    for (const phase of rolloutPhases) {
      const state = { ...newRollout(move), phase, step: 1 }
      const back = changeRollout({ state, plan }, 'roll_back', move)
      expect(back.ok).toBe(phase !== 'rolled_back' && phase !== 'retired')
      if (isWatched(state)) expect(candidateWeightBps(state, plan)).toBe(5_000)
    }
    expect(Object.keys(rolloutTransitions)).toEqual([...rolloutPhases])
  })

  it('says why it refuses', () => {
    const refused = (change: Parameters<typeof changeRollout>) => {
      const result = changeRollout(...change)
      return result.ok ? null : result.problem
    }
    const state = { ...newRollout(move), phase: 'running' as const, step: 2 }
    expect(refused([{ state, plan }, 'start', move])).toBe('a rollout that is running cannot start')
    expect(refused([{ state, plan }, 'advance', move])).toBe('there is no step after the last one')
    expect(refused([{ state, plan }, 'step_down', { ...move, toStep: 2 }])).toBe(
      'it can step down from step 3 to an earlier one only',
    )
    expect(refused([{ state: { ...state, step: 0 }, plan }, 'complete', move])).toBe(
      'it completes after its last step only',
    )
  })
})

describe('a plan', () => {
  it('whose steps do not rise is refused with the field', () => {
    const ascending = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(ascending, (weights) => {
        const stepsOf = (order: readonly number[]): RolloutPlanInput['steps'] =>
          order.map((weightBps) => ({ weightBps, gate: { minimumRequests: 1, minimumMs: 0 } }))
        const rising = weights.toSorted((a, b) => a - b)
        const good = rolloutPlanSchema.parse({ ...plan, steps: stepsOf(rising) })
        expect(rolloutPlanProblems(good)).toEqual([])
        const bad = rolloutPlanSchema.parse({ ...plan, steps: stepsOf(rising.toReversed()) })
        expect(rolloutPlanProblems(bad)[0]?.field).toBe('steps[1].weightBps')
      }),
    )
  })

  it('with a guardrail twice, with none that may speak, or with no step at all is refused', () => {
    const [errors] = plan.guardrails
    const twice = rolloutPlanSchema.parse({ ...plan, guardrails: [errors, errors] })
    expect(rolloutPlanProblems(twice)).toEqual([
      { field: 'guardrails[1].metric', text: 'error_rate stands twice' },
    ])
    const mute = rolloutPlanSchema.parse({ ...plan, guardrails: [{ ...errors, alphaWeight: 0 }] })
    expect(rolloutPlanProblems(mute).map(({ field }) => field)).toEqual(['guardrails'])
    expect(rolloutPlanSchema.safeParse({ ...plan, steps: [] }).success).toBe(false)
    expect(rolloutPlanProblems(rolloutPlanSchema.parse(plan))).toEqual([])
  })
})
