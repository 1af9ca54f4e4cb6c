import { describe, expect, it } from 'vitest'
import { cutoverLimits } from '#lib/contracts/settings'
import { concernsRoute } from '#lib/migration/concerns-route'
import { cutoverRefusal } from '#lib/migration/cutover-refusal'
import { requireDualWrite } from '#lib/migration/dual-write-requirement'
import {
  type CutoverCriterionName,
  type CutoverSnapshot,
  cutoverCriteria,
  evaluateCutover,
} from '#lib/migration/evaluate-cutover'
import type { GuardrailReading } from '#lib/traffic/guardrail-reading'
import { guardrailMetrics } from '#lib/traffic/rollout-plan'
import { newRollout } from '#lib/traffic/rollout-state'
import { plainPlan } from '#tests/support/rollout-plans'

const dayMs = 86_400_000
const nowMs = Date.parse('2026-03-31T12:00:00Z')
const limits = cutoverLimits.parse({})
const units = {
  error_rate: 'rate',
  refusal_rate: 'rate',
  latency: 'ms',
  first_token: 'ms',
  cost: 'usd',
} as const

const guardrails = guardrailMetrics.map(
  (metric): GuardrailReading => ({
    metric,
    status: 'good',
    baseline: 0.5,
    candidate: 0.45,
    unit: metric === 'quality' ? 'score' : units[metric],
    limitRatio: 1.25,
    lnEvidence: 0,
    lnLimit: 3,
    text: `${metric} as measured`,
  }),
)
const snapshot: CutoverSnapshot = {
  guardrails,
  parity: { pairs: 200, alike: 195 },
  openAlerts: [],
  lastBackupAtMs: nowMs - 3_600_000,
  invoice: { lastDay: '2026-03-15', varianceRatio: 0.004 },
  dualWrite: requireDualWrite([]),
  atFull: { sinceMs: nowMs - 8 * dayMs, alerts: [], days: 7 },
  nowMs,
}
const read = (changes: Partial<CutoverSnapshot>, name: CutoverCriterionName) => {
  const reading = evaluateCutover({ ...snapshot, ...changes }, limits)
  return { ...reading.criteria.find((one) => one.name === name), whole: reading.status }
}
const withGuardrail = (changes: Partial<GuardrailReading>, metric: GuardrailReading['metric']) => ({
  guardrails: guardrails.map((one) => (one.metric === metric ? { ...one, ...changes } : one)),
})
const behind = requireDualWrite([{ stream: 'memories', state: 'behind', text: 'it waits' }])

describe('the cutover checklist', () => {
  it('reads every criterion once and is ready when all of them are met', () => {
    const { status, criteria } = evaluateCutover(snapshot, limits)
    expect(status).toBe('ready')
    expect(criteria.map(({ name }) => name)).toEqual(cutoverCriteria)
    expect(criteria.filter((one) => one.status !== 'met').map(({ name }) => name)).toEqual(['dual_write'])
  })

  it.each<[CutoverCriterionName, string, Partial<CutoverSnapshot>, string]>([
    ['parity', 'failed', { parity: { pairs: 200, alike: 180 } }, '180 of 200 pairs'],
    ['parity', 'no_data', { parity: { pairs: 99, alike: 99 } }, '100 pairs are needed'],
    ['parity', 'no_data', { parity: null }, 'a shadow step does that'],
    ['errors', 'failed', withGuardrail({ status: 'doubtful' }, 'error_rate'), 'error_rate as measured'],
    ['latency', 'failed', withGuardrail({ status: 'broken' }, 'latency'), 'latency as measured'],
    ['cost', 'no_data', withGuardrail({ status: 'unknown' }, 'cost'), 'too few values'],
    ['quality', 'no_data', withGuardrail({ candidate: null }, 'quality'), 'not measured on both sides'],
    ['refusals', 'no_data', { guardrails: [] }, 'does not watch it'],
    ['alerts', 'failed', { openAlerts: ['p95 is high', 'other'] }, 'p95 is high (and 1 more)'],
    ['backup', 'no_data', { lastBackupAtMs: null }, 'npm run backup'],
    ['backup', 'failed', { lastBackupAtMs: nowMs - 25 * 3_600_000 }, 'the last backup is 25.0 h old'],
    ['invoice', 'no_data', { invoice: null }, 'import one under Costs'],
    ['invoice', 'failed', { invoice: { lastDay: '2026-03-15', varianceRatio: 0.021 } }, '2.10 % apart'],
    ['invoice', 'no_data', { invoice: { lastDay: '2026-01-01', varianceRatio: 0 } }, 'older than 45 days'],
    ['dual_write', 'failed', { dualWrite: behind }, 'memories: it waits'],
    ['time_at_full', 'failed', { atFull: { ...snapshot.atFull, sinceMs: null } }, 'not have all the traffic'],
    [
      'time_at_full',
      'failed',
      { atFull: { ...snapshot.atFull, sinceMs: nowMs - 6.9 * dayMs } },
      '6.9 of at least 7 days at 100 %',
    ],
    [
      'time_at_full',
      'failed',
      { atFull: { ...snapshot.atFull, alerts: ['p95 was high'] } },
      'not without an alert: p95 was high',
    ],
  ])('%s is %s: %j', (name, status, changes, text) => {
    const { whole, ...criterion } = read(changes, name)
    expect(criterion).toMatchObject({ status, text: expect.stringContaining(text) })
    expect(whole).toBe(status === 'failed' ? 'not_ready' : 'no_data')
  })

  it('says which value is held against which limit', () => {
    expect(read({}, 'latency')).toMatchObject({ value: 0.45, limit: 0.625, unit: 'ms' })
    expect(read({}, 'quality')).toMatchObject({ value: 0.45, limit: 0.4, unit: 'score' })
    expect(read({}, 'dual_write')).toMatchObject({ status: 'not_needed', text: 'no store is being migrated' })
  })
})

describe('a move of a rollout that leaves an old provider', () => {
  const move = { nowMs, reason: 'go', actorId: 'usr_1' }
  const state = { ...newRollout(move), phase: 'running', step: 0, stepSinceMs: 1 } as const
  const up = {
    baseline: 'legacy',
    plan: plainPlan,
    before: state,
    after: { ...state, step: 1 },
    nowMs,
  } as const
  const facts = { dualWrite: behind, atFull: snapshot.atFull }
  const completed = { ...state, phase: 'completed', step: 2 } as const
  const retire = { ...up, before: completed, after: { ...completed, phase: 'retired' } } as const

  it('goes above 10 % only while every store that moves is clean', () => {
    expect(cutoverRefusal(up, facts)).toBe(
      'dual_write: going above 10 % needs dual-write on and clean, but memories: it waits',
    )
    expect(cutoverRefusal({ ...up, baseline: [['a']] }, facts)).toBeNull()
    expect(cutoverRefusal(up, { ...facts, dualWrite: snapshot.dualWrite })).toBeNull()
    const start = { ...state, phase: 'pending', stepSinceMs: null } as const
    expect(cutoverRefusal({ ...up, before: start, after: state }, facts)).toBeNull()
    expect(cutoverRefusal({ ...up, before: up.after, after: state }, facts)).toBeNull()
    expect(
      cutoverRefusal({ ...up, before: up.after, after: { ...up.after, phase: 'held' } }, facts),
    ).toBeNull()
  })

  it('retires the old provider only after its days, and what rolled back at any time', () => {
    expect(cutoverRefusal(retire, facts)).toBeNull()
    const early = { ...facts, atFull: { ...facts.atFull, sinceMs: nowMs - dayMs } }
    expect(cutoverRefusal(retire, early)).toContain('time_at_full: ')
    expect(cutoverRefusal(retire, early)).toContain('1.0 of at least 7 days at 100 %')
    expect(cutoverRefusal({ ...retire, before: { ...completed, phase: 'rolled_back' } }, early)).toBeNull()
  })
})

describe('an alert', () => {
  const route = {
    rolloutId: 'rol_1',
    tier: 'premium',
    operation: 'reply',
    deployments: ['we-premium'],
    models: ['gpt-5.1'],
  }
  it.each([
    [{}, true],
    [{ region: 'westeurope' }, true],
    [{ rollout: 'rol_1' }, true],
    [{ rollout: 'rol_2', tier: 'premium' }, false],
    [{ deployment: 'we-premium', signal: 'health' }, true],
    [{ deployment: 'openai-premium' }, false],
    [{ tier: 'premium' }, true],
    [{ tier: 'economy' }, false],
    [{ model: 'gpt-5.1' }, true],
    [{ model: 'text-embedding-ada-002' }, false],
    [{ tier: 'premium', operation: 'offer' }, false],
    [{ account: 'acc_1' }, false],
    [{ experiment: 'exp_1' }, false],
  ])('with the labels %j concerns the route: %s', (labels, concerns) => {
    expect(concernsRoute(labels, route)).toBe(concerns)
  })
})
