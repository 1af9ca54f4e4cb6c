import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'
import { createLatencyBook } from '#server/simulator/create-latency-book'
import { createPacer } from '#server/simulator/create-pacer'

const INSTANT = { firstTokenMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY, jitter: 0 }

function pacer(model: typeof INSTANT, signal = new AbortController().signal) {
  return createPacer({ model, random: createSeededRandom(1), signal, extraMs: 0 })
}

describe('createPacer', () => {
  it('needs no timer at infinite speed', async () => {
    const instant = pacer(INSTANT)
    await instant.firstToken()
    await instant.wholeAnswer(1_000_000)
    expect(Array.from({ length: 1_000 }, () => instant.nextToken()).every((due) => due === undefined)).toBe(
      true,
    )
  })

  it('gathers tokens that are closer together than a timer can tell', () => {
    const fast = pacer({ ...INSTANT, tokensPerSecond: 8_000 })
    const due = Array.from({ length: 7 }, () => fast.nextToken())
    expect(due.every((wait) => wait === undefined)).toBe(true)
    expect(fast.nextToken()).toBeInstanceOf(Promise)
  })

  it('stops waiting when the exchange is over', async () => {
    const over = new AbortController()
    const slow = pacer({ firstTokenMs: 86_400_000, tokensPerSecond: 0.001, jitter: 0.2 }, over.signal)
    const waits = [slow.firstToken(), slow.nextToken(), slow.wholeAnswer(5), slow.pause(86_400_000)]
    over.abort()
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('createLatencyBook', () => {
  it('prefers the narrowest model, then the defaults, then the family', () => {
    const book = createLatencyBook({ seed: 1, defaults: { jitter: 0.5 } })
    const family = { firstTokenMs: 420, tokensPerSecond: 45, jitter: 0.2 }
    expect(book.modelFor(['a', '*'], family)).toEqual({ ...family, jitter: 0.5 })
    book.set('*', INSTANT)
    expect(book.modelFor(['a', '*'], family)).toEqual(INSTANT)
    book.set('a', family)
    expect(book.modelFor(['a', '*'], family)).toEqual(family)
  })

  it('gives every deployment its own reproducible chance', () => {
    const draws = (seed: number, key: string) => {
      const random = createLatencyBook({ seed, defaults: {} }).randomFor(key)
      return [random.next(), random.next()]
    }
    expect(draws(1, 'a')).toEqual(draws(1, 'a'))
    expect(draws(1, 'a')).not.toEqual(draws(1, 'b'))
    expect(draws(1, 'a')).not.toEqual(draws(2, 'a'))
  })
})
