import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SimulatorFault } from '#lib/contracts/simulator'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'
import { inferModelProfile } from '#lib/simulator/infer-model-profile'
import { createFaultBook } from '#server/simulator/create-fault-book'
import { createPrefixCache } from '#server/simulator/create-prefix-cache'
import { createRateLimiter } from '#server/simulator/create-rate-limiter'
import { targetNames } from '#server/simulator/target-names'

const fault = (deployment: string, changes: Partial<SimulatorFault> = {}): SimulatorFault => ({
  deployment,
  kind: 'reset',
  expiresAtMs: 1_000,
  ...changes,
})
const always = () => true

function createBook() {
  const clock = { nowMs: 0 }
  return { clock, book: createFaultBook({ now: () => clock.nowMs, random: createSeededRandom(7) }) }
}

describe('fault book', () => {
  const names = targetNames({ deployment: 'chat', region: 'westeurope', surface: 'azure_dated' })

  it('prefers the narrowest target', () => {
    const { book } = createBook()
    for (const target of ['*', 'provider:azure', 'region:westeurope', 'chat', 'westeurope/chat']) {
      book.set(fault(target))
      expect(book.take(names, always)?.deployment).toBe(target)
    }
  })

  it('replaces, counts down, expires and clears', () => {
    const { book, clock } = createBook()
    book.set(fault('chat', { kind: 'cut' }))
    book.set(fault('chat', { count: 2 }))
    expect(book.list()).toMatchObject([{ kind: 'reset', count: 2 }])
    expect([1, 2, 3].map(() => book.take(names, always)?.kind)).toEqual(['reset', 'reset', undefined])
    book.set(fault('chat'))
    clock.nowMs = 1_000
    expect(book.take(names, always)).toBeNull()
    book.set(fault('chat', { expiresAtMs: 2_000 }))
    expect(book.clear('chat')).toBe(true)
    expect(book.list()).toEqual([])
  })

  it('leaves faults alone that make no sense for the request', () => {
    const { book } = createBook()
    book.set(fault('chat', { kind: 'float_embeddings', count: 1 }))
    expect(book.take(names, (kind) => kind !== 'float_embeddings')).toBeNull()
    expect(book.list()).toHaveLength(1)
  })

  it('hits about as often as its probability says', () => {
    const { book } = createBook()
    book.set(fault('chat', { probability: 0.25 }))
    const hits = Array.from({ length: 4_000 }, () => book.take(names, always)).filter(
      (hit) => hit !== null,
    ).length
    expect(hits).toBeGreaterThan(850)
    expect(hits).toBeLessThan(1_150)
  })
})

describe('rate limiter', () => {
  it('admits exactly what the window has room for, and opens again', () => {
    const requests = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(requests, (sizes) => {
        const clock = { nowMs: 0 }
        const limiter = createRateLimiter(() => clock.nowMs)
        limiter.setLimits('chat', { tokensPerMinute: 1_000, requestsPerMinute: 10 })
        let tokens = 0
        for (const [index, estimatedTokens] of sizes.entries()) {
          const state = limiter.charge({ key: 'chat', names: ['chat'], estimatedTokens })
          const room = index < 10 && tokens + estimatedTokens <= 1_000
          expect(state.exceeded === null).toBe(room)
          if (room) tokens += estimatedTokens
          expect(state.remainingTokens).toBe(1_000 - tokens)
        }
        clock.nowMs = 60_000
        expect(limiter.charge({ key: 'chat', names: ['chat'], estimatedTokens: 400 }).exceeded).toBeNull()
      }),
    )
  })

  it('refuses nothing without limits, and scales short windows', () => {
    const limiter = createRateLimiter(() => 0)
    const charge = () => limiter.charge({ key: 'a', names: ['a'], estimatedTokens: 1_000_000 }).exceeded
    expect(Array.from({ length: 50 }, charge).every((exceeded) => exceeded === null)).toBe(true)
    limiter.setLimits('b', { tokensPerMinute: 1_000, requestsPerMinute: 12, requestWindowSeconds: 10 })
    const burst = [1, 2, 3].map(() => limiter.charge({ key: 'b', names: ['b'], estimatedTokens: 1 }).exceeded)
    expect(burst).toEqual([null, null, 'requests'])
  })
})

describe('prefix cache', () => {
  it('reports 0 or 1024 + 128n tokens, and no more than the shared prefix', () => {
    fc.assert(
      fc.property(fc.nat(4_000), fc.nat(4_000), fc.nat(4_000), (shared, restA, restB) => {
        const cache = createPrefixCache()
        const prompt = (rest: number, mark: number) => [
          ...Array.from({ length: shared }, (_, index) => index % 977),
          ...new Array<number>(rest).fill(mark),
        ]
        expect(cache.visit('a', prompt(restA, 5_001))).toBe(0)
        const cached = cache.visit('a', prompt(restB, 5_002))
        const expected = shared < 1_024 ? 0 : 1_024 + 128 * Math.floor((shared - 1_024) / 128)
        expect(cached).toBe(expected)
        expect(cache.visit('b', prompt(restB, 5_002))).toBe(0)
      }),
      { numRuns: 50 },
    )
  })
})

describe('inferModelProfile', () => {
  it.each([
    ['gpt-4-turbo-prod', 'gpt-4-turbo-2024-04-09', 'cl100k_base'],
    ['gpt-4-standard-prod', 'gpt-4-0613', 'cl100k_base'],
    ['gpt-35-turbo-prod', 'gpt-35-turbo', 'cl100k_base'],
    ['gpt-3.5-turbo', 'gpt-3.5-turbo-0125', 'cl100k_base'],
    ['gpt-4o', 'gpt-4o-2024-11-20', 'o200k_base'],
    ['gpt-4o-2024-08-06', 'gpt-4o-2024-08-06', 'o200k_base'],
    ['my-gpt-4o-mini-eu', 'gpt-4o-mini-2024-07-18', 'o200k_base'],
    ['gpt-4.1-nano', 'gpt-4.1-nano-2025-04-14', 'o200k_base'],
    ['gpt-5.1', 'gpt-5.1', 'o200k_base'],
    ['gpt-5.6-sol', 'gpt-5.6-sol', 'o200k_base'],
    ['o3-mini', 'o3-mini', 'o200k_base'],
    ['claude-3-5-haiku-latest', 'claude-3-5-haiku-latest', 'cl100k_base'],
    ['text-embedding-ada-002', 'text-embedding-ada-002', 'cl100k_base'],
    ['embeddings-prod', 'text-embedding-ada-002', 'cl100k_base'],
    ['we-premium', 'gpt-4-turbo-2024-04-09', 'cl100k_base'],
  ])('%s is a %s', (name, model, encoding) => {
    expect(inferModelProfile(name)).toMatchObject({ model, encoding })
  })
})
