import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerAsChunks } from '#lib/gateway/answer-as-chunks'
import { bucketOf } from '#lib/gateway/hash-unit'
import { joinChunks } from '#lib/gateway/join-chunks'
import { compareAnswers, parityClasses } from '#lib/migration/compare-answers'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'
import { evaluateRollout } from '#lib/traffic/evaluate-rollout'
import { noRolloutEvidence } from '#lib/traffic/rollout-evidence'
import { emptySpan } from '#lib/traffic/rollout-observation'
import { isMirrored } from '#lib/traffic/shadow-plan'
import { isBreaking } from '#lib/traffic/shadow-report'
import { plainPlan } from '#tests/support/rollout-plans'

const salt = fc.string({ minLength: 1, maxLength: 16 })

describe('the sample of a shadow step', () => {
  it('P29 is a function of salt and request, and only grows with its share', () => {
    fc.assert(
      fc.property(salt, fc.uuid(), fc.nat(10_000), fc.nat(10_000), (salt, requestId, one, two) => {
        const [low, high] = [Math.min(one, two), Math.max(one, two)]
        const mirrored = (sampleBps: number) => isMirrored({ salt, requestId, sampleBps })
        expect(mirrored(low)).toBe(mirrored(low))
        if (mirrored(low)) expect(mirrored(high)).toBe(true)
        expect(mirrored(10_000)).toBe(true)
        expect(mirrored(0)).toBe(false)
      }),
    )
  })

  it('P29 has the size that the plan says, and no regard to who is in which share', () => {
    const requests = 100_000
    const salt = 'rollout 0123456789abcdef'
    const counts = { inside: 0, insideOfLow: 0, low: 0 }
    for (let index = 0; index < requests; index += 1) {
      const requestId = `req_${index}`
      const inside = isMirrored({ salt, requestId, sampleBps: 1_000 })
      const isLow = bucketOf(salt, requestId) < 1_000
      if (inside) counts.inside += 1
      if (isLow) counts.low += 1
      if (inside && isLow) counts.insideOfLow += 1
    }
    // Five standard deviations.
    expect(Math.abs(counts.inside - 10_000)).toBeLessThan(5 * Math.sqrt(requests * 0.1 * 0.9))
    expect(Math.abs(counts.insideOfLow - counts.low * 0.1)).toBeLessThan(
      5 * Math.sqrt(counts.low * 0.1 * 0.9),
    )
  })
})

const call = fc.record({
  id: fc.string({ minLength: 1 }),
  type: fc.constant('function'),
  function: fc.record({ name: fc.string({ minLength: 1 }), arguments: fc.json() }),
})
const message = fc.record({
  role: fc.constant('assistant'),
  content: fc.option(fc.string({ unit: 'grapheme' })),
  tool_calls: fc.array(call, { minLength: 1, maxLength: 3 }),
})

describe('a streamed answer put together', () => {
  it('P3 says the same as the whole one, tool calls whose arguments came in pieces among them', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 1, max: 5 }), (message, piece) => {
        const whole = { choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
        const chunks = answerAsChunks(JSON.stringify(whole), { includeUsage: false }).flatMap((chunk) =>
          splitArguments(chunk, piece),
        )
        const joined = JSON.parse(joinChunks(chunks) ?? 'null')
        const same = compareAnswers({ baseline: whole, candidate: joined, isJsonDue: false, distance: null })
        expect(same.differences).toEqual([])
        expect(joined).toMatchObject({ choices: [{ message: { tool_calls: message.tool_calls } }] })
      }),
    )
  })
})

/** One event as the several in which a provider sends long arguments. */
function splitArguments(chunk: string, size: number): string[] {
  const event = JSON.parse(chunk)
  const calls = event.choices[0]?.delta.tool_calls
  if (!calls) return [chunk]
  const first = structuredClone(event)
  for (const one of first.choices[0].delta.tool_calls) one.function.arguments = ''
  const pieces = calls.flatMap(({ index, function: called }: (typeof calls)[number]) =>
    (called.arguments.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).map((part: string) => ({
      ...event,
      choices: [
        { index: 0, delta: { tool_calls: [{ index, function: { arguments: part } }] }, finish_reason: null },
      ],
    })),
  )
  return [first, ...pieces].map((one) => JSON.stringify(one))
}

describe('the gates of a shadow step', () => {
  const plan = {
    ...plainPlan,
    steps: [{ weightBps: 0, needsApproval: false, gate: { minimumRequests: 1, minimumMs: 0 } }],
  }
  const state = {
    phase: 'running' as const,
    step: 0,
    version: 2,
    visit: 2,
    stepSinceMs: 0,
    changedAtMs: 0,
    reason: 'by hand',
    actorId: null,
  }
  const verdict = (shadow: { pairs: number; alike: number; capReached: boolean }, requests: number) => {
    const step = { ...emptySpan, candidate: { ...emptySpan.candidate, requests } }
    const seen = { plan, state, evidence: noRolloutEvidence, whole: emptySpan, step, stored: null, shadow }
    return evaluateRollout({ ...seen, nowMs: 1 })
  }
  const parity = (pairs: number, alike: number) =>
    verdict({ pairs, alike, capReached: false }, 10).gates.find(({ name }) => name === 'parity')?.status

  it('hold a candidate whose parity is proven too low, and hardly ever one whose parity is enough', () => {
    expect(parity(0, 0)).toBe('waiting')
    expect(parity(4, 3)).toBe('waiting')
    expect(parity(200, 150)).toBe('failed')
    expect(parity(200, 195)).toBe('met')
    const random = createSeededRandom(7)
    let held = 0
    for (let run = 0; run < 200; run += 1) {
      let alike = 0
      let failed = false
      for (let pairs = 1; pairs <= 300; pairs += 1) {
        if (random.next() < 0.95) alike += 1
        failed ||= pairs % 10 === 0 && parity(pairs, alike) === 'failed'
      }
      if (failed) held += 1
    }
    expect(held / 200).toBeLessThanOrEqual(0.02)
  })

  it('hold when mirroring stopped at its cap before there was enough, and not after', () => {
    const stopped = { pairs: 1, alike: 1, capReached: true }
    expect(verdict(stopped, 0)).toMatchObject({ command: 'hold' })
    expect(verdict(stopped, 0).reason).toContain('cost cap')
    expect(verdict(stopped, 1).command).toBe('complete')
  })

  it('tell differences that break a caller from differences of wording', () => {
    fc.assert(
      fc.property(fc.subarray([...parityClasses]), (differences) => {
        const hard = differences.filter((name) => name !== 'length' && name !== 'meaning')
        expect(isBreaking(differences)).toBe(hard.length > 0)
      }),
    )
  })
})
