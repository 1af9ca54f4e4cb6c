import OpenAI, { RateLimitError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Budget } from '#lib/quotas/effective-meters'
import { observeBudgets } from '#server/quotas/observe-budgets'
import { readUsage } from '#server/quotas/read-usage'
import { writeBudget, writeKey, writeOverride, writePlan } from '#tests/support/quota-worlds'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'

const chat = {
  model: 'economy',
  max_tokens: 20,
  messages: [{ role: 'user' as const, content: 'Say hello.' }],
}
const account = { scope: 'account', window: 'day' } as const

describe('a gateway with quotas', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway()
    const { db } = gateway.container
    await writePlan(db, {
      name: 'two',
      limits: [
        { ...account, measure: 'requests', limit: 2n },
        { scope: 'creator', measure: 'tokens', window: 'minute', limit: 100_000n },
      ],
    })
    await writePlan(db, { name: 'tokens', limits: [{ ...account, measure: 'tokens', limit: 1_000n }] })
    await writePlan(db, {
      name: 'single',
      limits: [{ scope: 'account', measure: 'concurrent', window: 'running', limit: 1n }],
    })
  }, 120_000)
  afterAll(() => gateway.close())

  async function keyOf(plan: string) {
    const key = await writeKey(gateway.container.db, plan)
    await gateway.container.configuration.check()
    return key
  }
  const post = (headers: Record<string, string>, body: unknown = chat, path = '/api/v1/chat/completions') =>
    gateway.post(path, body, headers)

  it('says with every answer what is left, as OpenAI does', async () => {
    const { headers } = await keyOf('two')
    const response = await post({ ...headers, 'x-huntaze-creator-id': 'crt_1' })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('2')
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('1')
    expect(response.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+h)?(\d+m)?\d+(s|ms)$/)
    expect(response.headers.get('x-ratelimit-limit-tokens')).toBe('100000')
    const { usage } = (await response.json()) as { usage: { total_tokens: number } }
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toBe(String(100_000 - usage.total_tokens))
  })

  it('refuses with 429 in a shape that the OpenAI SDK knows, and writes no ledger row', async () => {
    const { accountId, secret, headers } = await keyOf('two')
    const client = new OpenAI({ apiKey: secret, baseURL: `${gateway.url}/api/v1` })
    await client.chat.completions.create(chat)
    await client.embeddings.create({ model: 'text-embedding-ada-002', input: 'hello' })
    const error = await client.chat.completions.create(chat).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' })
    expect(String((error as Error).message)).toContain('2 requests a day for account')
    const refused = await post(headers)
    const waitS = Number(refused.headers.get('retry-after'))
    expect(waitS).toBeGreaterThan(0)
    expect(waitS).toBeLessThanOrEqual(86_400)
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(refused.headers.get('x-should-retry')).toBe('false')
    await gateway.container.ledger.caughtUp()
    const { rows } = await gateway.container.db.pool.query(
      'SELECT count(*)::int AS n FROM ledger_entries WHERE account_id = $1',
      [accountId],
    )
    expect(rows).toEqual([{ n: 2 }])
  })

  it('gives back what a request did not use, streamed or not', async () => {
    const { headers } = await keyOf('tokens')
    // Each sets more than 300 tokens aside and uses about 100.
    for (let n = 0; n < 12; n += 1) {
      const response = await post(headers, { ...chat, max_tokens: 300, stream: n % 2 === 0 })
      const text = await response.text()
      if (response.status === 429) {
        expect(n, text).toBeGreaterThan(3)
        expect(JSON.parse(text)).toMatchObject({ error: { quota: { measure: 'tokens' } } })
        return
      }
      expect(response.status).toBe(200)
    }
  })

  it('frees the place of a request whose caller went away', async () => {
    const { headers } = await keyOf('single')
    const abort = new AbortController()
    const first = await fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ...chat, max_tokens: 500, stream: true }),
    })
    expect(first.status).toBe(200)
    const second = await post(headers)
    if (second.status === 429) {
      expect(await second.json()).toMatchObject({
        error: { code: 'rate_limit_exceeded', quota: { measure: 'concurrent' } },
      })
      expect(second.headers.get('retry-after')).toBe('1')
    }
    abort.abort()
    let status = 429
    while (status === 429) status = (await post(headers)).status
    expect(status).toBe(200)
  })

  it('stops the request after a hard budget is spent, until an operator makes an exception', async () => {
    const { db, configuration } = gateway.container
    const key = await keyOf('unlimited')
    expect((await post(key.headers)).status).toBe(200)
    await gateway.container.ledger.caughtUp()
    const { rows } = await db.pool.query<{ cost: string }>(
      'SELECT sum(cost_pico_usd)::text AS cost FROM ledger_entries WHERE account_id = $1',
      [key.accountId],
    )
    const cost = BigInt(rows[0]?.cost ?? 0)
    expect(cost).toBeGreaterThan(0n)
    const target = { accountId: key.accountId, scope: 'account', scopeId: key.accountId } as const
    const budget = { ...target, window: 'month', kind: 'hard', limitPicoUsd: cost } as const
    const id = await writeBudget(db, budget)
    await configuration.check()
    const refused = await post(key.headers)
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({
      error: { code: 'insufficient_quota', quota: { scope: 'account', measure: 'cost', window: 'month' } },
    })
    const observe = observeBudgets(gateway.container)
    const seen = (await observe(Date.now())).filter(({ labels }) => labels.budget === id)
    expect(seen).toMatchObject([{ metric: 'budget.used_ratio', value: 1, unit: 'ratio' }])
    await observe(Date.now())
    const crossed = await db.pool.query(
      'SELECT threshold FROM budget_crossings WHERE budget_id = $1 ORDER BY threshold',
      [id],
    )
    expect(crossed.rows).toEqual([{ threshold: 80 }, { threshold: 90 }, { threshold: 100 }])
    await writeOverride(db, {
      ...target,
      measure: 'cost',
      window: 'month',
      limit: null,
      expiresAt: new Date(Date.now() + 60_000),
    })
    await configuration.check()
    expect((await post(key.headers)).status).toBe(200)
    const usage = await readUsage(gateway.container)
    expect(usage.find(({ accountId }) => accountId === key.accountId)).toMatchObject({
      by: 'override',
      limit: null,
    })
  })

  it('lets a soft budget count and never refuse', async () => {
    const { db, configuration } = gateway.container
    const key = await keyOf('unlimited')
    const budget: Omit<Budget, 'id'> = {
      accountId: key.accountId,
      scope: 'key',
      scopeId: key.keyId,
      window: 'day',
      kind: 'soft',
      limitPicoUsd: 1n,
    }
    const id = await writeBudget(db, budget)
    await configuration.check()
    for (let n = 0; n < 3; n += 1) expect((await post(key.headers)).status).toBe(200)
    await gateway.container.quotas.holder.flush()
    await gateway.container.ledger.caughtUp()
    const seen = await observeBudgets(gateway.container)(Date.now())
    const { rows } = await db.pool.query<{ cost: string }>(
      'SELECT sum(cost_pico_usd)::text AS cost FROM ledger_entries WHERE account_id = $1',
      [key.accountId],
    )
    expect(seen.find(({ labels }) => labels.budget === id)?.value).toBe(Number(rows[0]?.cost))
  })
})

describe('a gateway whose quota authority is down', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ env: { REDIS_URL: 'redis://127.0.0.1:9' } })
  }, 120_000)
  afterAll(() => gateway.close())

  it('refuses or admits as the plan says', async () => {
    const { db, configuration } = gateway.container
    const limits = [{ ...account, measure: 'requests' as const, limit: 2n }]
    await writePlan(db, { name: 'strict', onAuthorityLoss: 'closed', limits })
    await writePlan(db, { name: 'lenient', onAuthorityLoss: 'open', limits })
    const [strict, lenient] = [await writeKey(db, 'strict'), await writeKey(db, 'lenient')]
    await configuration.check()
    const refused = await gateway.post('/api/v1/chat/completions', chat, strict.headers)
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ error: { code: 'quota_unavailable' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    const admitted = await gateway.post('/api/v1/chat/completions', chat, lenient.headers)
    expect(admitted.status).toBe(200)
    expect(gateway.container.quotas.holder.authorityAnswers()).toBe(false)
  })
})
