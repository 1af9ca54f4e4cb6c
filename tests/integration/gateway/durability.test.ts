import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '#server/db/database'
import { openDatabase } from '#server/db/open-database'
import { startDatabaseProxy } from '#tests/support/database-proxy'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { outsideDatabaseSecrets } from '#tests/support/outside-database-secrets'
import { type RunningProgram, runProgram } from '#tests/support/running-program'
import { chainCatalog } from '#tests/support/start-gateway'
import {
  answerBody,
  finishEvent,
  promptFilterEvent,
  roleEvent,
  textEvent,
  usageEvent,
} from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, sse, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

const key = 'durability-key-of-20-characters'
let dataDir: string
let upstream: ScriptedUpstream
let program: RunningProgram | null = null

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'huntaze-test-'))
  upstream = await startScriptedUpstream()
  upstream.respond((request) =>
    request.body.includes('"stream":true')
      ? [
          { kind: 'head' },
          {
            kind: 'chunk',
            data: sse(
              promptFilterEvent,
              roleEvent,
              textEvent('Hello'),
              textEvent(' there'),
              finishEvent(),
              usageEvent,
              '[DONE]',
            ),
          },
        ]
      : [{ kind: 'json', body: answerBody }],
  )
  await writeFile(join(dataDir, 'catalog.json'), JSON.stringify(chainCatalog([upstream.url])))
})
afterEach(async () => {
  await program?.stop('SIGKILL')
  await upstream.close()
  await rm(dataDir, { recursive: true, force: true })
})

const environment = (more: Record<string, string> = {}) => ({
  HUNTAZE_DATA_DIR: dataDir,
  HUNTAZE_CATALOG: join(dataDir, 'catalog.json'),
  HUNTAZE_BOOTSTRAP_API_KEY: key,
  AZURE_OPENAI_API_KEY: 'upstream-key',
  ...more,
})

interface Load {
  /** Ids of requests whose whole answer arrived. */
  answered: string[]
  failed: number
  end(): Promise<void>
}

/** Callers that ask again as soon as they are answered, every second one streaming, until `end`. */
function startLoad(url: string, callers: number): Load {
  let ending = false
  const load: Load = {
    answered: [],
    failed: 0,
    async end() {
      ending = true
      await all
    },
  }
  const caller = async (number: number) => {
    while (!ending) {
      const id = await ask(url, number % 2 === 0).catch(() => null)
      if (id === null) {
        load.failed += 1
        await new Promise((resolve) => setTimeout(resolve, 5))
      } else load.answered.push(id)
    }
  }
  const all = Promise.all(Array.from({ length: callers }, (_, number) => caller(number)))
  return load
}

async function ask(url: string, stream: boolean): Promise<string | null> {
  const response = await fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'premium', stream, messages: [{ role: 'user', content: 'Hello?' }] }),
  })
  const text = await response.text()
  const whole = response.ok && (stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}'))
  return whole ? response.headers.get('x-request-id') : null
}

async function expectBooked(db: Database, answered: readonly string[]) {
  const { rows } = await db.pool.query('SELECT id, count(*)::int AS n FROM ledger_entries GROUP BY id')
  expect(rows.filter(({ n }) => n > 1)).toEqual([])
  const booked = new Set(rows.map(({ id }) => id))
  expect(answered.filter((id) => !booked.has(id))).toEqual([])
  expect(booked.size).toBeGreaterThanOrEqual(answered.length)
  const sums = await db.pool.query(`SELECT
    (SELECT count(*) FROM ledger_entries)::text AS entries, (SELECT sum(requests) FROM usage_days)::text AS usage_requests,
    (SELECT count(*) FROM attempts)::text AS attempts,
    (SELECT sum(requests) FROM traffic_rollups WHERE grain = 'minute')::text AS traffic_requests,
    (SELECT sum(cost_pico_usd) FROM ledger_entries)::text AS cost, (SELECT sum(cost_pico_usd) FROM usage_days)::text AS usage_cost,
    (SELECT sum(input_tokens) FROM ledger_entries)::text AS tokens, (SELECT sum(input_tokens) FROM usage_days)::text AS usage_tokens`)
  const [row] = sums.rows
  expect([row.usage_requests, row.attempts, row.traffic_requests]).toEqual([
    row.entries,
    row.entries,
    row.entries,
  ])
  expect([row.usage_cost, row.usage_tokens]).toEqual([row.cost, row.tokens])
}

describe('nothing answered is lost', () => {
  it('P15 by kill -9 under load: every answered request has its one row, and sums agree after the restart', async () => {
    const answered: string[] = []
    for (let round = 0; round < 3; round += 1) {
      program = await runProgram(environment())
      const load = startLoad(program.url, 12)
      await expect.poll(() => load.answered.length, { timeout: 30_000 }).toBeGreaterThan(150)
      await program.stop('SIGKILL')
      await load.end()
      answered.push(...load.answered)
    }
    program = await runProgram(environment())
    expect(await program.stop('SIGTERM')).toBe(0)
    const db = await openDatabase({ databaseUrl: null, dataDir })
    try {
      await expectBooked(db, answered)
    } finally {
      await db.close()
    }
  })

  it('by SIGTERM under load: streams end, everything is settled, exit code 0', async () => {
    program = await runProgram(environment())
    const load = startLoad(program.url, 12)
    await expect.poll(() => load.answered.length, { timeout: 30_000 }).toBeGreaterThan(100)
    expect(await program.stop('SIGTERM')).toBe(0)
    await load.end()
    const db = await openDatabase({ databaseUrl: null, dataDir })
    try {
      await expectBooked(db, load.answered)
    } finally {
      await db.close()
    }
  })

  it.skipIf(postgresRefusal !== null)(
    `P15 while the database is away for ten seconds${postgresRefusal ? ` (skipped: ${postgresRefusal})` : ''}: answers keep coming, the journal is replayed, no row twice`,
    async () => {
      const postgres = await openPostgres()
      const proxy = await startDatabaseProxy(postgres.db.connection)
      try {
        program = await runProgram(
          environment({ DATABASE_URL: proxy.connection.connectionString ?? '', ...outsideDatabaseSecrets }),
        )
        const load = startLoad(program.url, 8)
        await expect.poll(() => load.answered.length, { timeout: 30_000 }).toBeGreaterThan(100)
        proxy.cut()
        await new Promise((resolve) => setTimeout(resolve, 1000))
        const atStart = load.answered.length
        await new Promise((resolve) => setTimeout(resolve, 9000))
        expect(load.answered.length).toBeGreaterThan(atStart + 100)
        expect((await fetch(`${program.url}/api/health/ready`)).status).toBe(200)
        proxy.restore()
        const health = async () => (await fetch(`${program?.url}/api/health/ready`)).json()
        await expect
          .poll(health, { timeout: 30_000 })
          .toMatchObject({ database: 'reachable', journalRecords: 0 })
          .catch((error: Error) => {
            throw new Error(`${error.message}\n${program?.said()}`, { cause: error })
          })
        await load.end()
        expect(load.failed).toBe(0)
        expect(await program.stop('SIGTERM')).toBe(0)
        await expectBooked(postgres.db, load.answered)
      } finally {
        await program?.stop('SIGKILL')
        await proxy.close()
        await postgres.dispose()
      }
    },
  )
})

describe('a start that cannot be', () => {
  it('names all mistakes of the environment at once and exits with 1', async () => {
    const failure = await runProgram(
      environment({ PORT: 'many', LOG_LEVEL: 'loud', HUNTAZE_BOOTSTRAP_API_KEY: 'short' }),
    ).catch((error: Error) => error.message)
    expect(failure).toContain('ended with 1')
    for (const name of ['PORT', 'LOG_LEVEL', 'HUNTAZE_BOOTSTRAP_API_KEY']) expect(failure).toContain(name)
  })

  it('names all mistakes of the catalog at once and exits with 1', async () => {
    await writeFile(
      join(dataDir, 'catalog.json'),
      JSON.stringify({
        ...chainCatalog([upstream.url]),
        tiers: { premium: { chain: ['nobody', 'a', 'a'] } },
      }),
    )
    const failure = await runProgram(environment()).catch((error: Error) => error.message)
    expect(failure).toContain('ended with 1')
    expect(failure).toContain('no deployment "nobody"')
    expect(failure).toContain('"a" stands there twice')
  })

  it('refuses a data directory that another process uses, in one sentence', async () => {
    program = await runProgram(environment())
    const failure = await runProgram(environment()).catch((error: Error) => error.message)
    expect(failure).toContain('ended with 1')
    expect(failure).toMatch(/in use by process \d+/)
  })
})
