import { describe, expect, it } from 'vitest'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { type ExperimentPlanInput, experimentPlan } from '#lib/experiments/experiment-plan'
import { trialOfPlan } from '#lib/experiments/split-of-plan'
import type { Trial } from '#lib/experiments/trial'
import { trialBody, trialSignature } from '#lib/experiments/trial-body'
import { planRoute, type RouteRequest, type RouteSnapshot } from '#lib/gateway/plan-route'
import { calmSnapshot, chainOf, chatRequest } from '#tests/support/route-snapshots'

const catalog = chainOf(['a', 'b', 'c'], { c: { region: 'two' } })

function trial(input: Partial<ExperimentPlanInput> = {}, stopped: readonly string[] = []): Trial {
  const plan = experimentPlan.parse({
    name: 'try it',
    primaryMetric: 'feedback',
    variants: [
      { name: 'control', weightBps: 5_000 },
      { name: 'fresh', weightBps: 5_000, overrides: { chain: [['b']], parameters: { temperature: 0.1 } } },
    ],
    ...input,
  })
  return trialOfPlan('exp_1', plan, new Set(stopped))
}

function plan(request: Partial<RouteRequest>, snapshot: Partial<RouteSnapshot>) {
  const decision = planRoute({ ...chatRequest, ...request }, { ...calmSnapshot(catalog), ...snapshot })
  if (!decision.ok) throw new Error(decision.message)
  return decision.plan
}

/** A creator in that variant, found by trying. */
function creatorIn(variant: string, trials: readonly Trial[] = [trial()]): string {
  for (let index = 0; index < 1_000; index += 1) {
    const creatorId = `creator_${index}`
    if (plan({ creatorId }, { trials }).trials[0]?.variant === variant) return creatorId
  }
  throw new Error(`nobody is in ${variant}`)
}

const order = (planned: ReturnType<typeof plan>) => planned.candidates.map(({ deploymentId }) => deploymentId)

describe('an experiment in the plan of a request', () => {
  it('puts the variant’s deployments first and the tier’s own behind them, and says so', () => {
    const planned = plan({ creatorId: creatorIn('fresh') }, { trials: [trial()] })
    expect(order(planned)).toEqual(['b', 'a', 'c'])
    expect(planned.limits.temperature).toBe(0.1)
    expect(planned.reasons.find(({ code }) => code === 'trial')).toMatchObject({
      text: 'its creator is in variant fresh of experiment exp_1',
      trial: { experimentId: 'exp_1', variant: 'fresh', unit: 'creator' },
    })
    const control = plan({ creatorId: creatorIn('control') }, { trials: [trial()] })
    expect([order(control), control.limits.temperature]).toEqual([['a', 'b', 'c'], null])
  })

  it('takes nobody without its unit, out of its target, or who names a deployment', () => {
    const creatorId = creatorIn('fresh')
    const trials = [trial({ target: { operation: 'reply', accountIds: ['acc_1'] } })]
    const of = (request: Partial<RouteRequest>) => plan({ creatorId, ...request }, { trials }).trials.length
    expect(of({ operation: 'reply' })).toBe(1)
    expect(of({ operation: 'reply', creatorId: null })).toBe(0)
    expect(of({ operation: 'other' })).toBe(0)
    expect(of({ operation: 'reply', accountId: 'acc_2' })).toBe(0)
    expect(of({ operation: 'reply', model: 'a' })).toBe(0)
  })

  it('serves the units of a stopped variant as if there were no experiment', () => {
    const creatorId = creatorIn('fresh')
    const planned = plan({ creatorId }, { trials: [trial({}, ['fresh'])] })
    expect([planned.trials, order(planned)]).toEqual([[], ['a', 'b', 'c']])
  })

  it('never overrides a rollback switch, and leaves the model to a rollout', () => {
    const creatorId = creatorIn('fresh')
    const legacy = plan({ creatorId, switchId: 'tsw_1' }, { trials: [trial()] })
    expect(legacy.trials).toEqual([])
    const share = {
      rolloutId: 'rol_1',
      tier: 't',
      operation: null,
      salt: 's',
      baseline: [['a']],
      candidate: [['c']],
      candidateWeightBps: 10_000,
      visit: 1,
      carried: null,
      watched: true,
      shadow: null,
    }
    const traffic = { version: 1, switches: [], shares: [share] }
    const rolled = plan({ creatorId }, { trials: [trial()], traffic })
    expect([rolled.trials, order(rolled)[0]]).toEqual([[], 'c'])
    const prompts = trial({
      variants: [
        { name: 'control', weightBps: 5_000 },
        { name: 'fresh', weightBps: 5_000, overrides: { parameters: { temperature: 0.1 } } },
      ],
    })
    const both = plan({ creatorId }, { trials: [prompts], traffic })
    expect([both.trials.length, order(both)[0], both.limits.temperature]).toEqual([1, 'c', 0.1])
  })

  it('stays out with all its variants where a required region could not serve each of them', () => {
    const region = { region: 'two', mode: 'require', by: 'request' } as const
    for (const variant of ['control', 'fresh'])
      expect(plan({ creatorId: creatorIn(variant), region }, { trials: [trial()] }).trials).toEqual([])
    const home = { region: 'one', mode: 'require', by: 'request' } as const
    const planned = plan({ creatorId: creatorIn('fresh'), region: home }, { trials: [trial()] })
    expect(order(planned)).toEqual(['b', 'a'])
  })
})

describe('the body of a variant', () => {
  const body: ChatRequestBody = {
    model: 't',
    messages: [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
    ],
    max_completion_tokens: 50,
  }
  const withPrompt = (mode: 'append' | 'prepend' | 'replace') => {
    const variants = [
      { name: 'control', weightBps: 1 },
      { name: 'fresh', weightBps: 9_999, overrides: { systemPrompt: { mode, text: 'Be brief.' } } },
    ]
    const trials = [trial({ variants })]
    return plan({ creatorId: creatorIn('fresh', trials) }, { trials }).trials
  }

  it('has the system prompt before, behind or instead of the caller’s', () => {
    const said = (mode: 'append' | 'prepend' | 'replace') =>
      trialBody(body, withPrompt(mode)).messages.map(({ content }) => content)
    expect(said('append')).toEqual(['Be kind.', 'Be brief.', 'Hi'])
    expect(said('prepend')).toEqual(['Be brief.', 'Be kind.', 'Hi'])
    expect(said('replace')).toEqual(['Be brief.', 'Hi'])
  })

  it('has the variant’s parameters, and is the caller’s own without any', () => {
    const trials = plan({ creatorId: creatorIn('fresh') }, { trials: [trial()] }).trials
    expect(trialBody(body, trials)).toMatchObject({ temperature: 0.1, max_completion_tokens: 50 })
    expect(trialSignature(trials)).toBe('exp_1:fresh')
    expect(trialBody(body, [])).toBe(body)
    expect(trialSignature([])).toBe('')
  })
})
