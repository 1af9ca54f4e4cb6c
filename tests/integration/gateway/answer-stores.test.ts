import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { type AnswerStore, answerBytes, type KeptAnswer } from '#server/gateway/cache/answer-store'
import { guardAnswerStore } from '#server/gateway/cache/guarded-answer-store'
import { createMemoryAnswerStore } from '#server/gateway/cache/memory-answer-store'
import { createRedisAnswerStore } from '#server/gateway/cache/redis-answer-store'

interface World {
  maxBytes: number
  nowMs: number
}

const url = process.env.HUNTAZE_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'
const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
redis.on('error', () => undefined)
const refusal = await redis.connect().then(
  () => null,
  () => `no Redis at ${url}`,
)
afterAll(() => redis.disconnect())

const stores: [string, boolean, (world: World) => AnswerStore][] = [
  ['memory', true, (world) => createMemoryAnswerStore(of(world))],
  [
    refusal === null ? 'Redis' : `Redis: skipped, ${refusal}`,
    refusal === null,
    (world) =>
      createRedisAnswerStore({ ...of(world), redis, prefix: `{test:${randomBytes(6).toString('hex')}}` }),
  ],
]
const of = (world: World) => ({ maxBytes: () => world.maxBytes, nowMs: () => world.nowMs })
const anAnswer = (text: string): KeptAnswer => ({
  text,
  deploymentId: 'a',
  atMs: 1,
  costPicoUsd: '9007199254740993',
})
const key = (hash: string, accountId = 'acc_1') => ({ accountId, hash })
const bytes = answerBytes(anAnswer('x'.repeat(100)))
const hundred = anAnswer('x'.repeat(100))

describe.each(stores)('kept answers (%s)', (_name, runs, open) => {
  const test = runs ? it : it.skip
  const world = (): World => ({ maxBytes: 3 * bytes, nowMs: 1_000_000 })

  test('come back as they were, for their account and request alone', async () => {
    const store = open(world())
    await store.set(key('h'), anAnswer('Héllo 😀'), 1_000)
    expect(await store.get(key('h'))).toEqual(anAnswer('Héllo 😀'))
    expect(await store.get(key('h', 'acc_2'))).toBeNull()
    expect(await store.get(key('other'))).toBeNull()
  })

  test('end with their time', async () => {
    const at = world()
    const store = open(at)
    await store.set(key('h'), hundred, 1_000)
    at.nowMs += 999
    expect(await store.get(key('h'))).not.toBeNull()
    at.nowMs += 1
    expect(await store.get(key('h'))).toBeNull()
    expect(await store.size()).toMatchObject({ entries: 0, bytes: 0 })
  })

  test('make room for new ones: the one goes that was asked for longest ago', async () => {
    const at = world()
    const store = open(at)
    for (const name of ['a', 'b', 'c']) {
      await store.set(key(name), hundred, 60_000)
      at.nowMs += 1
    }
    await store.get(key('a'))
    at.nowMs += 1
    await store.set(key('d'), hundred, 60_000)
    expect(await store.size()).toEqual({ entries: 3, bytes: 3 * bytes, maxBytes: 3 * bytes, evictions: 1 })
    const found = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => (await store.get(key(name))) !== null),
    )
    expect(found).toEqual([true, false, true, true])
  })

  test('never take more bytes than there is room, and one that is larger than all of it is not kept', async () => {
    const at = world()
    const store = open(at)
    await store.set(key('big'), anAnswer('y'.repeat(5_000)), 60_000)
    expect(await store.get(key('big'))).toBeNull()
    for (let index = 0; index < 20; index += 1) {
      at.nowMs += 1
      await store.set(key(`k${index % 7}`), anAnswer('z'.repeat((index * 37) % 200)), 60_000)
      const size = await store.size()
      expect(size.bytes).toBeLessThanOrEqual(size.maxBytes)
    }
  })

  test('count once when an equal one is kept anew', async () => {
    const store = open(world())
    await store.set(key('h'), anAnswer('older'), 60_000)
    await store.set(key('h'), hundred, 60_000)
    expect(await store.size()).toMatchObject({ entries: 1, bytes })
    expect(await store.get(key('h'))).toEqual(hundred)
  })

  test('are thrown away by account, or all', async () => {
    const store = open(world())
    await store.set(key('h'), hundred, 60_000)
    await store.set(key('h', 'acc_10'), hundred, 60_000)
    expect(await store.purge('acc_1')).toBe(1)
    expect(await store.get(key('h'))).toBeNull()
    expect(await store.get(key('h', 'acc_10'))).not.toBeNull()
    expect(await store.purge(null)).toBe(1)
    expect(await store.size()).toMatchObject({ entries: 0, bytes: 0 })
  })
})

describe('a shared store that is away', () => {
  const options = { timeoutMs: 20, restMs: 1_000, monotonicMs: () => at }
  let at = 0

  it('is a miss, at once after the first failure, and is asked again later', async () => {
    const errors: unknown[] = []
    let asked = 0
    const silent = {
      get: () => {
        asked += 1
        return new Promise<null>(() => undefined)
      },
    } as unknown as AnswerStore
    const store = guardAnswerStore(silent, { ...options, onError: (error) => errors.push(error) })
    expect(await store.get(key('h'))).toBeNull()
    expect(await store.get(key('h'))).toBeNull()
    expect([asked, errors.length]).toEqual([1, 1])
    at += 1_000
    expect(await store.get(key('h'))).toBeNull()
    expect(asked).toBe(2)
  })

  it('is a miss when nothing listens there', async () => {
    const nowhere = new Redis('redis://127.0.0.1:1', { retryStrategy: () => null, maxRetriesPerRequest: 0 })
    nowhere.on('error', () => undefined)
    const inner = createRedisAnswerStore({ redis: nowhere, maxBytes: () => 1_000, nowMs: () => 0 })
    const store = guardAnswerStore(inner, { ...options, onError: () => undefined })
    await store.set(key('h'), hundred, 1_000)
    expect(await store.get(key('h'))).toBeNull()
    nowhere.disconnect()
  })
})
