import { describe, expect, it } from 'vitest'
import { type AlertRuleInput, alertRule } from '#lib/alerts/alert-rule'
import { alertSentence } from '#lib/alerts/alert-sentence'
import { builtInRules } from '#lib/alerts/built-in-rules'
import { findSilence } from '#lib/alerts/find-silence'
import { judgeObservations } from '#lib/alerts/judge-observations'
import type { Observation } from '#lib/alerts/observation'

const base: AlertRuleInput = {
  id: 'head-room',
  name: 'Little head-room left',
  metric: 'capacity.used_ratio',
  condition: { kind: 'threshold', comparison: 'above', limit: 0.8 },
  severity: 'warning',
  groupBy: ['deployment'],
}
const seen = (deployment: string, value: number, more: Partial<Observation> = {}): Observation => ({
  metric: 'capacity.used_ratio',
  labels: { deployment, unit: 'tokens' },
  value,
  unit: 'ratio',
  requestIds: [`req_${deployment}`],
  ...more,
})
const judge = (rule: Partial<AlertRuleInput>, observations: readonly Observation[]) =>
  judgeObservations(alertRule.parse({ ...base, ...rule }), observations)

describe('what a rule says of observations', () => {
  it('is one reading per group, by the worst of it, naming the requests of what is over the limit', () => {
    const [first, second, ...others] = judge({}, [
      seen('a', 0.5),
      seen('b', 0.81),
      seen('b', 0.95, { requestIds: ['req_1', 'req_b'] }),
      seen('c', 0.99, { metric: 'capacity.ptu_ratio' }),
    ])
    expect(first).toMatchObject({
      labels: { deployment: 'a' },
      breached: false,
      cleared: true,
      requestIds: [],
    })
    expect(second).toMatchObject({
      breached: true,
      cleared: false,
      value: 0.95,
      requestIds: ['req_b', 'req_1'],
    })
    expect(others).toEqual([])
  })

  it('keeps firing between the limit and the margin below it', () => {
    const standing = (value: number) =>
      judge({ resolve: { margin: 0.25 } }, [seen('a', value)]).map(({ breached, cleared }) => [
        breached,
        cleared,
      ])
    expect([0.81, 0.8, 0.61, 0.59].flatMap(standing)).toEqual([
      [true, false],
      [false, false],
      [false, false],
      [false, true],
    ])
  })

  it.each([
    ['above', [false, false, true]],
    ['at_least', [false, true, true]],
    ['below', [true, false, false]],
    ['at_most', [true, true, false]],
  ] as const)('takes %s at its word', (comparison, wanted) => {
    const values = [0.7, 0.8, 0.9]
    const condition = { kind: 'threshold', comparison, limit: 0.8 } as const
    expect(
      values.flatMap((value) => judge({ condition }, [seen('a', value)])).map(({ breached }) => breached),
    ).toEqual(wanted)
  })

  it('looks only at the labels it is for, with the limit that is theirs', () => {
    const rule = {
      where: { deployment: ['a', 'b'] },
      overrides: [{ labels: { deployment: 'b' }, limit: 0.95 }],
    }
    const readings = judge(rule, [seen('a', 0.9), seen('b', 0.9), seen('c', 0.9)])
    expect(readings.map(({ labels, breached, limit }) => [labels.deployment, breached, limit])).toEqual([
      ['a', true, 0.8],
      ['b', false, 0.95],
    ])
  })

  it('makes nothing of too few', () => {
    const readings = [seen('a', 1, { sample: 3 }), seen('b', 1, { sample: 20 }), seen('c', Number.NaN)]
    expect(judge({ minimumSample: 20 }, readings).map(({ breached }) => breached)).toEqual([false, true])
  })

  it('becomes a sentence with numbers and units', () => {
    const [reading] = judge({}, [seen('we-premium', 0.954, { detail: 'tokens per minute' })])
    expect(reading && alertSentence('Little head-room left', reading)).toBe(
      'Little head-room left: deployment we-premium: 95.4 % (limit 80 %); tokens per minute',
    )
  })
})

describe('the built-in rules', () => {
  it('have ids of their own, and say what to do', () => {
    expect(new Set(builtInRules.map(({ id }) => id)).size).toBe(builtInRules.length)
    expect(builtInRules.filter(({ about }) => about.length < 20).map(({ id }) => id)).toEqual([])
  })

  it('refuse nothing they say themselves, and name the field of what is wrong', () => {
    const refusal = (rule: unknown) =>
      alertRule.safeParse(rule).error?.issues.map(({ path }) => path.join('.'))
    expect(refusal({ ...base, metric: 'Nonsense' })).toEqual(['metric'])
    expect(refusal({ ...base, severity: 'loud' })).toEqual(['severity'])
    const windows = [{ long: '5m', short: '1h', budgetShare: 0.1 }]
    expect(refusal({ ...base, condition: { kind: 'burn_rate', objective: 0.99, windows } })).toEqual([
      'condition.windows.0.short',
    ])
    expect(refusal({ ...base, condition: { kind: 'burn_rate', objective: 1, windows: [] } })).toContain(
      'condition.objective',
    )
  })
})

describe('a silence', () => {
  const silence = { id: 'sil_1', ruleId: null, labels: { deployment: 'a' }, startsAtMs: 10, endsAtMs: 20 }
  const find = (nowMs: number, labels: Record<string, string>) =>
    findSilence([silence], { ruleId: 'any', labels, nowMs })?.id ?? null

  it('covers what has its labels, from its start until its end', () => {
    expect([9, 10, 19, 20].map((nowMs) => find(nowMs, { deployment: 'a', signal: 'health' }))).toEqual([
      null,
      'sil_1',
      'sil_1',
      null,
    ])
    expect(find(15, { deployment: 'b' })).toBeNull()
  })

  it('of one rule leaves the others alone', () => {
    const question = { ruleId: 'other', labels: {}, nowMs: 15 }
    expect(findSilence([{ ...silence, labels: {}, ruleId: 'rule' }], question)).toBeNull()
  })
})
