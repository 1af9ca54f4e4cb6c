import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { windowOf } from '#lib/quotas/window-of'
import type { Database } from '#server/db/database'
import { migrate } from '#server/db/migrate'
import { createPostgresAuthority } from '#server/quotas/postgres-authority'
import { createRedisAuthority } from '#server/quotas/redis-authority'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { outsideDatabaseSecrets } from '#tests/support/outside-database-secrets'
import { redisRefusal, testRedisUrl } from '#tests/support/quota-authorities'
import { type TestPlan, writeKey, writePlan } from '#tests/support/quota-worlds'
import { type RunningProgram, runProgram } from '#tests/support/running-program'

const closers: (() => Promise<unknown> | unknown)[] = []
async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close()
}

const day = { scope: 'account', window: 'day', limit: 5n } as const
const month = { scope: 'account', window: 'month' } as const
const five: TestPlan = {
  name: 'five',
  onAuthorityLoss: 'closed',
  limits: [
    { ...day, measure: 'requests' },
    { ...month, measure: 'tokens', limit: 1_000_000n },
    { ...month, measure: 'cost', limit: 10n ** 15n },
  ],
}
const eighty: TestPlan = {
  name: 'eighty',
  onAuthorityLoss: 'closed',
  limits: [
    { ...day, measure: 'requests', limit: 80n },
    { ...day, scope: 'creator', measure: 'tokens', limit: 1_000_000n },
    { ...month, scope: 'key', measure: 'cost', limit: 10n ** 15n },
    { scope: 'account', measure: 'concurrent', window: 'running', limit: 6n },
  ],
}

const body = JSON.stringify({
  model: 'economy',
  max_tokens: 5,
  messages: [{ role: 'user', content: 'Say hello.' }],
})

async function startFleet(extra: Record<string, string>) {
  const database = await openPostgres()
  closers.push(database.dispose)
  await migrate(database.db, Date.now())
  const start = async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'huntaze-test-'))
    closers.push(() => rmSync(dataDir, { recursive: true, force: true }))
    const program = await runProgram({
      DATABASE_URL: database.databaseUrl,
      HUNTAZE_DATA_DIR: dataDir,
      ...outsideDatabaseSecrets,
      ...extra,
    })
    closers.push(() => program.stop('SIGTERM'))
    return program
  }
  return { db: database.db, start }
}

const post = ({ url }: RunningProgram, headers: Record<string, string>) =>
  fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  })

const authorities = [
  { name: 'Postgres', env: {}, refusal: postgresRefusal },
  { name: 'Redis', env: { REDIS_URL: testRedisUrl }, refusal: postgresRefusal ?? redisRefusal },
] as const

for (const { name, env, refusal } of authorities) {
  describe.skipIf(refusal !== null)(`P17 two processes with quotas on ${name}`, () => {
    let db: Database
    let programs: RunningProgram[]
    beforeAll(async () => {
      const fleet = await startFleet(env)
      db = fleet.db
      await writePlan(db, five)
      await writePlan(db, eighty)
      programs = await Promise.all([fleet.start(), fleet.start()])
    })
    afterAll(closeAll, 60_000)

    /** A key that both processes know. */
    async function sharedKey(plan: string) {
      const key = await writeKey(db, plan)
      for (const program of programs)
        while ((await fetch(`${program.url}/api/v1/models`, { headers: key.headers })).status === 401)
          await new Promise((resolve) => setTimeout(resolve, 50))
      return key
    }

    it('admit exactly five of a hundred requests for which there is room for five', async () => {
      const key = await sharedKey('five')
      const responses = await Promise.all(
        Array.from({ length: 100 }, (_, index) => post(programs[index % 2] as RunningProgram, key.headers)),
      )
      const statuses = responses.map(({ status }) => status)
      expect(statuses.filter((status) => status === 200)).toHaveLength(5)
      expect(statuses.filter((status) => status === 429)).toHaveLength(95)
      const refused = responses.find(({ status }) => status === 429)
      expect(await refused?.json()).toMatchObject({
        error: { code: expect.stringMatching(/^(rate_limit_exceeded|insufficient_quota)$/), param: null },
      })
      const booked = async () => {
        const { rows } = await db.pool.query(
          'SELECT count(*)::int AS rows FROM ledger_entries WHERE account_id = $1',
          [key.accountId],
        )
        return rows[0]?.rows
      }
      await expect.poll(booked, { timeout: 30_000 }).toBe(5)
    })

    it('serve everything there is room for from both, and what is used is what the ledger says', async () => {
      const key = await sharedKey('eighty')
      const statuses: number[] = []
      const work = async (program: RunningProgram) => {
        for (let n = 0; n < 15; n += 1) {
          const response = await post(program, { ...key.headers, 'x-huntaze-creator-id': 'crt_1' })
          await response.arrayBuffer()
          statuses.push(response.status)
        }
      }
      await Promise.all([0, 1, 0, 1, 0, 1].map((index) => work(programs[index] as RunningProgram)))
      expect(statuses.filter((status) => status === 200)).toHaveLength(80)
      for (const program of programs) await program.stop('SIGTERM')
      const ledger = await db.pool.query(
        `SELECT count(*)::text AS requests, sum(input_tokens + output_tokens)::text AS tokens,
           sum(cost_pico_usd)::text AS cost FROM ledger_entries WHERE account_id = $1`,
        [key.accountId],
      )
      expect(await usedOf(env, { db, ...key })).toEqual(ledger.rows[0])
    })
  })
}

/** What the authority says is used, by measure; nothing may be reserved any more. */
async function usedOf(
  env: { REDIS_URL?: string },
  { db, accountId, keyId }: { db: Database; accountId: string; keyId: string },
): Promise<Record<string, string>> {
  const redis = env.REDIS_URL === undefined ? null : new Redis(env.REDIS_URL)
  const authority = redis
    ? createRedisAuthority(redis, { leaseForMs: 1 })
    : createPostgresAuthority(db, { leaseForMs: 1 })
  const counter = (name: string, window: 'day' | 'month') => {
    const { startMs, endMs } = windowOf(window, Date.now())
    return { accountId, counter: name, windowStartMs: startMs, windowEndMs: endMs }
  }
  const totals = await authority.read([
    counter(`account/requests/day/${accountId}`, 'day'),
    counter('creator/tokens/day/crt_1', 'day'),
    counter(`key/cost/month/${keyId}`, 'month'),
  ])
  redis?.disconnect()
  expect(totals.map((total) => total?.reserved)).toEqual([0n, 0n, 0n])
  const [requests, tokens, cost] = totals.map((total) => String(total?.used))
  return { requests: requests ?? '', tokens: tokens ?? '', cost: cost ?? '' }
}
