import { describe, expect, it } from 'vitest'
import { judgeReplay } from '#lib/migration/acceptance'
import { compareAnswers, type ParityClass, parityClasses } from '#lib/migration/compare-answers'
import { type ReplayPair, type ReplaySide, reportReplay } from '#lib/migration/replay-report'

const said = (content: string) => ({
  choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }],
})
const fine: ReplaySide = {
  errorCode: null,
  latencyMs: 100,
  firstTokenMs: 20,
  costPicoUsd: 1_000_000n,
  quality: 0.8,
}
const failing: ReplaySide = {
  errorCode: 'provider_timeout',
  latencyMs: null,
  firstTokenMs: null,
  costPicoUsd: null,
  quality: 0,
}
interface PairInput {
  baseline?: unknown
  candidate?: unknown
  isJsonDue?: boolean
  distance?: number | null
  sides?: { baseline?: ReplaySide; candidate?: ReplaySide }
}
const pairsOf = (count: number, input: PairInput = {}, from = 0): ReplayPair[] =>
  Array.from({ length: count }, (_, index) => {
    const { baseline = said('Hello'), candidate = said('Hello'), isJsonDue = false, distance = 0.05 } = input
    return {
      id: `line ${from + index}`,
      parity: compareAnswers({ baseline, candidate, isJsonDue, distance }),
      baseline: input.sides?.baseline ?? fine,
      candidate: input.sides?.candidate ?? fine,
    }
  })
const counted: ParityClass[] = parityClasses.filter((name) => name !== 'meaning')
const report = (pairs: readonly ReplayPair[]) => reportReplay(pairs, { counted, seed: 1 })
const measure = (pairs: readonly ReplayPair[], name: string) =>
  report(pairs).measures.find((one) => one.name === name)
const judge = (pairs: readonly ReplayPair[], options: Partial<Parameters<typeof judgeReplay>[1]> = {}) => {
  const results = judgeReplay(report(pairs), { limits: {}, needsCertainty: false, ...options })
  return Object.fromEntries(results.map(({ name, status }) => [name, status]))
}

describe('a replay', () => {
  it('of two equal sides passes everything there is data for', () => {
    expect(judge(pairsOf(200))).toEqual({
      'min-pairs': 'passed',
      'min-parity': 'passed',
      'max-errors': 'passed',
      'max-refusals': 'passed',
      'max-invalid-json': 'no_data',
      'max-latency': 'passed',
      'max-first-token': 'passed',
      'max-cost': 'passed',
      'min-quality': 'passed',
    })
    expect(report(pairsOf(200)).spentPicoUsd).toBe(400_000_000n)
  })

  it('says no data where there is none, and fails what was asked for', () => {
    const pairs = pairsOf(30, { sides: { baseline: { ...fine, quality: null } } })
    expect(judge(pairs)).toMatchObject({ 'min-quality': 'no_data' })
    expect(judge(pairs, { limits: { 'min-quality': -0.1 } })).toMatchObject({ 'min-quality': 'failed' })
    expect(judge([])).toMatchObject({ 'min-pairs': 'failed', 'min-parity': 'no_data' })
  })

  it('names what is worse, with the difference', () => {
    const pairs = [
      ...pairsOf(90),
      ...pairsOf(4, { candidate: null, distance: null, sides: { candidate: failing } }, 90),
      ...pairsOf(3, { candidate: said('I cannot help with that.') }, 94),
      ...pairsOf(3, { baseline: said('{"a":1}'), candidate: said('{"a":'), isJsonDue: true }, 97),
    ]
    expect(measure(pairs, 'errors')).toMatchObject({ baseline: 0, candidate: 0.04, value: 0.04, pairs: 100 })
    expect(measure(pairs, 'refusals')).toMatchObject({ pairs: 96, value: 3 / 96 })
    expect(measure(pairs, 'invalid_json')).toMatchObject({ pairs: 3, value: 1 })
    expect(measure(pairs, 'parity')).toMatchObject({ value: 0.9, pairs: 100 })
    expect(measure(pairs, 'quality')?.value).toBeCloseTo(-0.032)
    expect(report(pairs).differences).toMatchObject({ no_answer: 4, refusal: 3, json: 3, meaning: 0 })
    expect(judge(pairs)).toMatchObject({
      'max-errors': 'failed',
      'max-refusals': 'failed',
      'max-invalid-json': 'failed',
      'min-quality': 'failed',
      'min-parity': 'passed',
    })
  })

  it('counts neither a difference that both sides share nor one that is not counted', () => {
    const refusal = said('I cannot help with that.')
    const pairs = pairsOf(50, { baseline: refusal, candidate: refusal, distance: 0.9 })
    expect(measure(pairs, 'refusals')).toMatchObject({ baseline: 1, candidate: 1, value: 0 })
    expect(measure(pairs, 'parity')?.value).toBe(1)
    expect(measure(pairs, 'distance')).toMatchObject({ value: 0.9, how: 'median' })
    expect(judge(pairs, { limits: { 'max-distance': 0.2 } })).toMatchObject({ 'max-distance': 'failed' })
  })

  it('compares times and costs over the pairs in which both answered', () => {
    const slow = { ...fine, latencyMs: 150, firstTokenMs: null, costPicoUsd: null }
    const pairs = [
      ...pairsOf(50, { sides: { candidate: slow } }),
      ...pairsOf(1, { sides: { candidate: failing } }),
    ]
    expect(measure(pairs, 'latency_p95')).toMatchObject({
      pairs: 50,
      baseline: 100,
      candidate: 150,
      value: 1.5,
      interval: { lower: 1.5, upper: 1.5 },
    })
    expect(measure(pairs, 'cost')).toMatchObject({ pairs: 0, value: null, interval: null })
    expect(judge(pairs)).toMatchObject({ 'max-latency': 'failed', 'max-cost': 'no_data' })
  })

  it('passes what is within its limit by chance alone only where certainty is not asked for', () => {
    const few = pairsOf(25)
    expect(judge(few)).toMatchObject({ 'max-errors': 'passed' })
    expect(judge(few, { needsCertainty: true })).toMatchObject({
      'max-errors': 'failed',
      'max-latency': 'passed',
    })
  })
})
