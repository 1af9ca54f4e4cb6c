import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerError } from '#lib/gateway/answer-error'
import { classifyFailure } from '#lib/gateway/classify-failure'
import type { Failure, FailureEvidence } from '#lib/gateway/failure'
import { decideNext, type EndedAttempt, type WalkContext } from '#lib/resilience/decide-next'
import { tierPolicySchema } from '#lib/resilience/policy-schema'

const http = (
  status: number,
  headers: Record<string, string> = {},
  code: string | null = null,
): FailureEvidence => ({
  kind: 'http',
  status,
  headers,
  body: JSON.stringify({ error: { message: `said ${status}`, type: null, param: null, code } }),
})

/** Failures after which somebody else may be asked. */
const passing = fc.oneof(
  fc.constantFrom<FailureEvidence>(
    { kind: 'connect', code: 'ECONNREFUSED', message: 'refused' },
    { kind: 'reset', message: 'reset' },
    { kind: 'timeout', timer: 'attempt', afterMs: 100 },
    { kind: 'timeout', timer: 'first_token', afterMs: 100 },
    { kind: 'malformed', message: 'no JSON' },
    http(500),
    http(503),
    http(401),
    http(404),
    http(410),
    http(429),
    http(529),
  ),
  fc.nat(20_000).map((ms) => http(429, { 'retry-after-ms': String(ms) })),
  fc.nat(20).map((s) => http(429, { 'retry-after': String(s) })),
  fc.nat(20_000).map((ms) => http(503, { 'retry-after-ms': String(ms) })),
)
const final = fc.constantFrom(http(400, {}, 'content_filter'), http(400, {}, 'bad'), http(422, {}, 'bad'))

const retry = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 5 }),
  maxAttemptsWithAlternative: fc.integer({ min: 1, max: 5 }),
  baseMs: fc.integer({ min: 1, max: 1000 }),
  capMs: fc.integer({ min: 1000, max: 8000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  budgetRatio: fc.constant(1),
  budgetReserve: fc.constant(10_000),
})

interface Scenario {
  steps: number
  evidence: FailureEvidence[]
  deadlineMs: number
  randoms: number[]
  policy: ReturnType<typeof policyOf>
  /** Milliseconds that each attempt takes. */
  tookMs: number
}
const policyOf = (input: object) => tierPolicySchema.parse({ retry: input }).retry

const scenario: fc.Arbitrary<Scenario> = fc.record({
  steps: fc.integer({ min: 1, max: 4 }),
  evidence: fc.array(passing, { minLength: 40, maxLength: 40 }),
  deadlineMs: fc.integer({ min: 1, max: 60_000 }),
  randoms: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 40,
    maxLength: 40,
  }),
  policy: retry.map(policyOf),
  tookMs: fc.nat(3_000),
})

interface Asked {
  deploymentId: string
  afterMs: number
  why: string
  atMs: number
  random: number
}

/** Plays a request against failures in a row; `succeedsAt` = the attempt (from 0) that answers. */
function play(given: Scenario, succeedsAt = Number.POSITIVE_INFINITY, refused: string[] = []) {
  const candidates = Array.from({ length: given.steps }, (_, index) => ({
    deploymentId: `d${index}`,
    contextTokens: 1000,
  }))
  const attempts: EndedAttempt[] = []
  const asked: Asked[] = []
  let nowMs = 0
  for (let turn = 0; turn < 40; turn += 1) {
    const random = given.randoms[turn] ?? 0
    const context: WalkContext = {
      retry: given.policy,
      contentFilterFallback: false,
      nowMs,
      deadlineAtMs: given.deadlineMs,
      random,
      affordsRetry: () => true,
      failuresInARow: (id) => attempts.filter(({ deploymentId }) => deploymentId === id).length,
    }
    const step = decideNext({ candidates, attempts, refused: new Set(refused) }, context)
    if (step.kind === 'stop') return { asked, attempts, answeredBy: null, why: step.why }
    nowMs += step.afterMs
    asked.push({ ...step, atMs: nowMs, random })
    if (turn === succeedsAt) return { asked, attempts, answeredBy: step.deploymentId, why: 'answered' }
    nowMs += given.tookMs
    const failure = failureOf(given.evidence[turn] ?? http(500), nowMs)
    attempts.push({ deploymentId: step.deploymentId, failure, endedAtMs: nowMs })
  }
  throw new Error('the walk does not end')
}

const failureOf = (evidence: FailureEvidence, nowMs: number): Failure =>
  classifyFailure(evidence, { provisioned: false, nowMs })

describe('P2 fallback chain', () => {
  it('P2 visits candidates for the first time in the order of the plan, and only those', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { asked } = play(given)
        const firsts = [...new Set(asked.map(({ deploymentId }) => deploymentId))]
        expect(firsts).toEqual(Array.from({ length: firsts.length }, (_, index) => `d${index}`))
      }),
    )
  })

  it('P2 asks nobody more often than the policy allows', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { asked } = play(given)
        for (let index = 0; index < given.steps; index += 1) {
          const times = asked.filter(({ deploymentId }) => deploymentId === `d${index}`).length
          expect(times).toBeLessThanOrEqual(given.policy.maxAttempts)
        }
      }),
    )
  })

  it('P2 waits a jittered backoff or exactly the Retry-After, and only before asking the same one again', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { asked, attempts } = play(given)
        for (const [turn, one] of asked.entries()) {
          const earlier = attempts
            .slice(0, turn)
            .filter(({ deploymentId }) => deploymentId === one.deploymentId)
          const last = earlier.at(-1)
          if (!last) {
            expect(one.afterMs).toBe(0)
            continue
          }
          const dueMs = one.atMs - last.endedAtMs
          if (last.failure.retryAfterMs !== null) {
            expect(Math.abs(dueMs - Math.max(last.failure.retryAfterMs, dueMs - one.afterMs))).toBeLessThan(
              1e-6,
            )
            continue
          }
          const full = Math.min(given.policy.capMs, given.policy.baseMs * 2 ** (earlier.length - 1))
          expect(one.afterMs).toBeLessThanOrEqual(full + 1e-6)
          if (attempts[turn - 1] === last)
            expect(one.afterMs).toBeGreaterThanOrEqual(full * (1 - given.policy.jitter) - 1e-6)
        }
      }),
    )
  })

  it('P2 begins no attempt at or after the deadline', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        for (const { atMs } of play(given).asked) expect(atMs).toBeLessThan(given.deadlineMs)
      }),
    )
  })

  it('P2 answers with the first success and asks nobody after it', () => {
    fc.assert(
      fc.property(scenario, fc.nat(6), (given, succeedsAt) => {
        const { asked, answeredBy } = play(given, succeedsAt)
        if (answeredBy === null) expect(asked.length).toBeLessThanOrEqual(succeedsAt)
        else expect(asked.at(-1)?.deploymentId).toBe(answeredBy)
      }),
    )
  })

  it('P2 tries every candidate before it gives up, when there is time', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { asked, why } = play({ ...given, deadlineMs: 10_000_000 })
        expect(why).toBe('exhausted')
        expect(new Set(asked.map(({ deploymentId }) => deploymentId)).size).toBe(given.steps)
      }),
    )
  })

  it('P2 stops at once after a failure that is the request’s own', () => {
    fc.assert(
      fc.property(scenario, final, fc.nat(3), (given, evidence, turn) => {
        const script = given.evidence.with(turn, evidence)
        const { asked, why } = play({ ...given, evidence: script, deadlineMs: 10_000_000 })
        if (asked.length > turn) {
          expect(asked.length).toBe(turn + 1)
          expect(why).toBe('final')
        }
      }),
    )
  })

  it('P2 never asks a refused candidate', () => {
    fc.assert(
      fc.property(scenario, fc.subarray(['d0', 'd1', 'd2', 'd3']), (given, refused) => {
        const { asked } = play(given, Number.POSITIVE_INFINITY, refused)
        expect(asked.filter(({ deploymentId }) => refused.includes(deploymentId))).toEqual([])
      }),
    )
  })

  it('P2 tells the caller of the failure of the highest class, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(passing, { minLength: 1, maxLength: 6 }), fc.integer(), (evidence, seed) => {
        const tried = evidence.map((one, index) => ({
          deploymentId: `d${index}`,
          failure: failureOf(one, 0),
        }))
        const shuffled = [...tried].sort((a, b) => hash(a.deploymentId, seed) - hash(b.deploymentId, seed))
        expect(answerError(shuffled).code).toBe(answerError(tried).code)
      }),
    )
  })
})

const hash = (text: string, seed: number) =>
  [...text].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16_777_619), seed)
