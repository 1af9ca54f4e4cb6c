import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rolloutBody } from '#lib/contracts/rollouts'
import { bucketOf } from '#lib/gateway/hash-unit'
import type { RolloutSpan } from '#lib/traffic/rollout-observation'
import { readEnv } from '#server/config/env'
import { migrate } from '#server/db/migrate'
import { openProcessContainer } from '#server/open-container'
import { createRollout } from '#server/traffic/create-rollout'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { outsideDatabaseSecrets } from '#tests/support/outside-database-secrets'
import { quickPlan } from '#tests/support/rollout-plans'
import { type RunningProgram, runProgram } from '#tests/support/running-program'

const key = 'test-key-of-at-least-20-characters'
const creators = Array.from({ length: 40 }, (_, index) => `creator-${index}`)

describe.skipIf(postgresRefusal !== null)('a rollout over a process that is killed', () => {
  let opened: Awaited<ReturnType<typeof openPostgres>>
  let dataDir: string
  let program: RunningProgram

  const start = () =>
    runProgram({
      DATABASE_URL: opened.databaseUrl,
      HUNTAZE_DATA_DIR: dataDir,
      HUNTAZE_BOOTSTRAP_API_KEY: key,
      ...outsideDatabaseSecrets,
    })
  beforeAll(async () => {
    opened = await openPostgres()
    await migrate(opened.db, Date.now())
    dataDir = await mkdtemp(join(tmpdir(), 'huntaze-restart-'))
    program = await start()
  })
  afterAll(async () => {
    await program.stop('SIGKILL')
    await opened.dispose()
    await rm(dataDir, { recursive: true, force: true })
  })

  it('keeps every assignment and what was counted', async () => {
    const salt = await makeRollout()
    const expected = creators.map((unit) => bucketOf(salt, unit) < 5_000)
    await expect.poll(isObeyed, { timeout: 30_000 }).toBe(true)
    expect(await askAll()).toEqual(expected)
    const before = await expectCounted(creators.length)

    program.child.kill('SIGKILL')
    await program.stop('SIGKILL')
    expect(await counted()).toBe(before)
    program = await start()
    expect(await askAll()).toEqual(expected)
    await expectCounted(before + creators.length)
    const { rows } = await opened.db.pool.query('SELECT count(*)::int AS n FROM rollout_units')
    expect(rows).toEqual([{ n: creators.length }])
  }, 120_000)

  /** Starts one at 50 %, at another instance than the one that serves. */
  async function makeRollout(): Promise<string> {
    const env = readEnv({
      DATABASE_URL: opened.databaseUrl,
      HUNTAZE_DATA_DIR: join(dataDir, 'other'),
      LOG_LEVEL: 'silent',
      ...outsideDatabaseSecrets,
    })
    if (!env.ok) throw new Error(env.problems.join('\n'))
    const { container } = await openProcessContainer({ env: env.env })
    const [, half, whole] = quickPlan.steps
    const plan = { ...quickPlan, steps: [half, whole] }
    await createRollout(container, {
      body: rolloutBody.parse({ tier: 'economy', plan, start: true, reason: 'half and half' }),
      actor: { id: 'usr_1', name: 'Ada', email: null, role: 'operator', via: 'session' },
      requestId: 'req_1',
    })
    await container.close()
    const { rows } = await opened.db.pool.query('SELECT salt FROM rollouts')
    return rows[0].salt
  }

  async function ask(creatorId: string): Promise<string> {
    const response = await fetch(`${program.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'economy',
        max_tokens: 5,
        messages: [{ role: 'user', content: 'Hello' }],
        metadata: { creatorId },
      }),
    })
    expect(response.status, await response.clone().text()).toBe(200)
    await response.text()
    return response.headers.get('x-huntaze-deployment') ?? ''
  }

  /** Which creators went to the candidate. */
  const askAll = () => Promise.all(creators.map(async (creator) => /^(we|ne)-/.test(await ask(creator))))

  /** The serving process says which shares it obeys. */
  async function isObeyed(): Promise<boolean> {
    const metrics = await fetch(`${program.url}/metrics`)
    return /^huntaze_rollout_weight\w*\{.*\} 0\.5$/m.test(await metrics.text())
  }

  async function counted(): Promise<number> {
    const { rows } = await opened.db.pool.query<{ counts: RolloutSpan }>('SELECT counts FROM rollout_counts')
    return rows.reduce((sum, { counts }) => sum + counts.baseline.requests + counts.candidate.requests, 0)
  }

  async function expectCounted(requests: number): Promise<number> {
    await expect.poll(counted, { timeout: 30_000 }).toBe(requests)
    return requests
  }
})
