import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type AnswerCacheView,
  answerCacheView,
  type WarmRunView,
  warmUpsView,
} from '#lib/contracts/answer-cache'
import { answerCacheWarmUps } from '#schema/gateway'
import { callAdmin } from '#tests/support/call-admin'
import { testRedisUrl } from '#tests/support/quota-authorities'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, type Step, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

const probe = new Redis(testRedisUrl, {
  lazyConnect: true,
  retryStrategy: () => null,
  maxRetriesPerRequest: 0,
})
probe.on('error', () => undefined)
const hasRedis = await probe.connect().then(
  () => true,
  () => false,
)
probe.disconnect()

const answer: Step[] = [{ kind: 'json', body: answerBody }]
const reason = 'a test of the warm-up'
const request = (text: string, rest: object = {}) => ({
  model: 'premium',
  temperature: 0,
  messages: [{ role: 'user', content: text }],
  ...rest,
})

const worlds: { name: string; env: Record<string, string>; skip: boolean }[] = [
  { name: 'the memory of an instance', env: {}, skip: false },
  { name: 'Redis', env: { REDIS_URL: testRedisUrl }, skip: !hasRedis },
]

describe.each(worlds)('a warm-up of $name', ({ env, skip }) => {
  if (skip) return it.skip('needs Redis', () => undefined)
  let upstream: ScriptedUpstream
  let gateway: TestGateway
  /** Kept apart from other tests' in a Redis that they share. */
  let mark: string

  /** What stood there before the test. */
  let seen: { requests: number; view: AnswerCacheView; at: Date }
  let lastRun: string | undefined

  beforeAll(async () => {
    upstream = await startScriptedUpstream()
    gateway = await startGateway({ catalog: chainCatalog([upstream.url]), env, redisTimeoutMs: 10_000 })
  })
  afterAll(async () => {
    await gateway.close()
    await upstream.close()
  })
  beforeEach(async () => {
    mark = randomBytes(6).toString('hex')
    upstream.respond(answer)
    await gateway.container.db.orm.delete(answerCacheWarmUps)
    await setRules([{ model: 'premium' }])
    seen = { requests: upstream.requests.length, view: await view(), at: new Date() }
    lastRun = seen.view.warmRuns[0]?.startedAt
  })
  const calls = () => upstream.requests.length - seen.requests

  const call = (path: string, body?: object, params?: Record<string, string>) =>
    callAdmin({
      url: gateway.url,
      method: body ? 'POST' : 'GET',
      path: `/api/admin/answer-cache${path}`,
      body,
      params: params ?? {},
    })
  const setRules = async (rules: object[], warmUpMaxUsd = 1) => {
    const changed = await callAdmin({
      url: gateway.url,
      method: 'PATCH',
      path: '/api/admin/settings',
      body: { answerCache: { rules, warmUpMaxUsd }, reason },
    })
    expect(changed.status, await changed.clone().text()).toBe(200)
  }
  const add = (text: string, rest: object = {}, keyId = 'key_bootstrap') =>
    call('/warm-ups', { keyId, request: request(`${mark} ${text}`, rest), reason })
  const view = async () => answerCacheView.parse(await (await call('')).json())
  const order = async () => expect((await call('/warm', { reason })).status).toBeLessThan(300)
  /** The run after the one that was seen last, once it has ended. */
  const ended = async (trigger: string): Promise<WarmRunView> => {
    let run: WarmRunView | undefined
    await expect
      .poll(
        async () => {
          run = (await view()).warmRuns[0]
          return run?.trigger === trigger && run.state !== 'running' && run.startedAt !== lastRun
        },
        { timeout: 30_000 },
      )
      .toBe(true)
    if (!run) throw new Error('no run')
    lastRun = run.startedAt
    return run
  }
  const ask = async (text: string) =>
    (await gateway.post('/api/v1/chat/completions', request(`${mark} ${text}`))).headers.get(
      'x-huntaze-cache',
    )

  it('asks the list on order, in the key’s name and for its account’s money, and callers then get it at once', async () => {
    for (const text of ['one', 'two', 'three']) expect((await add(text)).status).toBe(200)
    expect(calls()).toBe(0)
    await order()
    const run = await ended('order')
    expect(run).toMatchObject({
      state: 'done',
      total: 3,
      made: 3,
      kept: 0,
      skipped: 0,
      failed: 0,
      errorCode: null,
    })
    expect(Number(run.costUsd)).toBeGreaterThan(0)
    expect([await ask('one'), await ask('two'), await ask('three')]).toEqual(['hit', 'hit', 'hit'])
    expect(calls()).toBe(3)
    await gateway.container.ledger.caughtUp()
    const { rows } = await gateway.container.db.pool.query(
      `SELECT account_id, api_key_id, sum(cost_pico_usd)::text AS cost, count(*)::int AS rows
       FROM ledger_entries WHERE started_at >= $1 GROUP BY 1, 2`,
      [seen.at],
    )
    expect(rows).toEqual([
      {
        account_id: expect.any(String),
        api_key_id: 'key_bootstrap',
        cost: String(Math.round(Number(run.costUsd) * 1e12)),
        rows: 6,
      },
    ])
  })

  it('asks again after a purge, and asks nobody for what is kept', async () => {
    await add('one')
    await order()
    await ended('order')
    await order()
    expect(await ended('order')).toMatchObject({ made: 0, kept: 1, costUsd: '0' })
    expect((await call('/purge', { accountId: null, reason })).status).toBe(200)
    expect(await ended('purge')).toMatchObject({ made: 1, kept: 0 })
    expect(await ask('one')).toBe('hit')
    expect(calls()).toBe(2)
    const { hits, misses } = seen.view
    expect(await view()).toMatchObject({ hits: hits + 1, misses: misses + 2, warmUps: 1 })
  })

  it('stops at its cost, and at providers that fail', async () => {
    for (let index = 0; index < 8; index += 1) await add(`item ${index}`)
    await setRules([{ model: 'premium' }], 0.000_000_1)
    await order()
    expect(await ended('order')).toMatchObject({ state: 'cost_cap', made: 1, total: 8 })
    await setRules([{ model: 'premium' }])
    upstream.respond([{ kind: 'json', status: 400, body: { error: { message: 'no', code: 'unsupported' } } }])
    await order()
    expect(await ended('order')).toMatchObject({
      state: 'failing',
      kept: 1,
      failed: 5,
      errorCode: 'provider_refused',
    })
  })

  it('leaves out what no rule keeps any more, and says so', async () => {
    await add('one')
    await add('two', { metadata: { operation: 'sales' } })
    await setRules([{ model: 'premium', operation: 'sales' }])
    const { items } = warmUpsView.parse(await (await call('/warm-ups')).json())
    expect(items.map(({ skippedBecause }) => skippedBecause)).toEqual([
      'no rule keeps answers of premium',
      null,
    ])
    await order()
    expect(await ended('order')).toMatchObject({ made: 1, skipped: 1, failed: 0 })
  })

  it('is shown redacted, and an item can be taken off', async () => {
    await add('Write to ann@example.com')
    const { items } = warmUpsView.parse(await (await call('/warm-ups')).json())
    expect(items).toMatchObject([{ keyName: expect.any(String), model: 'premium', operation: null }])
    expect(items[0]?.text).not.toContain('ann@example.com')
    const { id = '' } = items[0] ?? {}
    expect((await call('/warm-ups/{id}/remove', { reason }, { id })).status).toBeLessThan(300)
    expect((await call('/warm-ups/{id}/remove', { reason }, { id })).status).toBe(404)
    expect((await view()).warmUps).toBe(0)
  })

  it.each([
    ['a person', { metadata: { creatorId: 'creator_1' } }, 'request.metadata: must name no creator'],
    ['a temperature that is too high', { temperature: 1 }, 'its temperature is above'],
    ['tools', { tools: [{ type: 'function', function: { name: 'price' } }] }, 'it offers tools'],
    ['a model without a rule', { model: 'name-a' }, 'no rule keeps answers of name-a'],
    [
      'a text that is too long',
      { user: 'x', messages: [{ role: 'user', content: 'x'.repeat(70_000) }] },
      'at most 64 KiB',
    ],
  ])('refuses a request with %s', async (_what, rest, message) => {
    const refused = await add('one', rest)
    expect([refused.status, (await refused.json()).detail]).toEqual([400, expect.stringContaining(message)])
    expect((await view()).warmUps).toBe(0)
  })

  it('refuses a key that is none, a list that is full, and a rule for a model that nobody can name', async () => {
    expect((await add('one', {}, 'key_nobody')).status).toBe(401)
    const { db } = gateway.container
    await add('one')
    const [row] = await db.orm.select().from(answerCacheWarmUps)
    if (!row) throw new Error('no row')
    await db.orm
      .insert(answerCacheWarmUps)
      .values(Array.from({ length: 199 }, (_, index) => ({ ...row, id: `wup_${index}` })))
    const full = await add('two')
    expect([full.status, (await full.json()).detail]).toEqual([
      400,
      expect.stringContaining('holds 200 requests'),
    ])
    const unknown = await callAdmin({
      url: gateway.url,
      method: 'PATCH',
      path: '/api/admin/settings',
      body: { answerCache: { rules: [{ model: 'premium' }, { model: 'platinum' }] }, reason },
    })
    expect(unknown.status).toBe(400)
    expect((await unknown.json()).detail).toContain('answerCache.rules[1].model: "platinum" is neither')
  })
})

it('an instance that starts fills its memory', async () => {
  const upstream = await startScriptedUpstream()
  upstream.respond(answer)
  const gateway = await startGateway({ catalog: chainCatalog([upstream.url]) })
  try {
    const { container } = gateway
    const rules = [{ model: 'premium', operation: null, ttlSeconds: 60, maxTemperature: 0 }]
    await container.settings.update(
      { answerCache: { rules, maxMegabytes: 1, warmUpMaxUsd: 1 } },
      { actorId: 'usr_1', atMs: 1 },
    )
    await container.db.orm.insert(answerCacheWarmUps).values({
      accountId: container.access.authenticator.principalOf('key_bootstrap').accountId,
      id: 'wup_1',
      keyId: 'key_bootstrap',
      request: request('at the start'),
      createdAt: new Date(),
      createdBy: 'usr_1',
    })
    await expect.poll(() => upstream.requests.length, { timeout: 20_000 }).toBe(1)
    await expect
      .poll(async () =>
        (await gateway.post('/api/v1/chat/completions', request('at the start'))).headers.get(
          'x-huntaze-cache',
        ),
      )
      .toBe('hit')
    expect(upstream.requests).toHaveLength(1)
  } finally {
    await gateway.close()
    await upstream.close()
  }
})
