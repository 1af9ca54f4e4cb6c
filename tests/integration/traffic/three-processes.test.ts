import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { type RunningProgram, runProgram } from '#tests/support/running-program'
import { startGateway, type TestGateway, testApiKey } from '#tests/support/start-gateway'
import { readTrafficView, returnSwitch, throwSwitch } from '#tests/support/traffic-console'

interface Answer {
  id: string
  at: number
  sentMs: number
  provider: string | null
  status: number
}

describe.skipIf(postgresRefusal !== null)('three processes on one Postgres', () => {
  let gateway: TestGateway
  let programs: RunningProgram[]
  let dispose: () => Promise<void>
  let client: Client
  let env: Record<string, string>
  const dirs: string[] = []

  const runOther = (dataDir: string) =>
    runProgram({ ...env, HUNTAZE_DATA_DIR: dataDir, HUNTAZE_BOOTSTRAP_API_KEY: testApiKey })

  /** This process serves the console's routes; the two others serve the data plane alone. */
  beforeAll(async () => {
    const opened = await openPostgres()
    dispose = opened.dispose
    client = new Client({ connectionString: opened.databaseUrl })
    await client.connect()
    env = {
      DATABASE_URL: opened.databaseUrl,
      AUTH_SECRET: 'a-secret-of-at-least-32-characters-for-tests',
      HUNTAZE_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64'),
      HUNTAZE_PSEUDONYM_KEY: Buffer.alloc(32, 8).toString('base64'),
      HUNTAZE_LEGACY_PROBE_MINUTES: '0',
    }
    gateway = await startGateway({ env })
    programs = await Promise.all(
      [0, 1].map(() => {
        const dataDir = mkdtempSync(join(tmpdir(), 'huntaze-three-'))
        dirs.push(dataDir)
        return runOther(dataDir)
      }),
    )
  }, 240_000)
  afterAll(async () => {
    await Promise.all(programs.map((program) => program.stop('SIGTERM')))
    await gateway.close()
    await client.end()
    await dispose()
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
  }, 120_000)

  const urlOf = (at: number) => (at === 0 ? gateway : programs[at - 1])?.url
  const versions = async () => (await readTrafficView()).instances.map(({ version }) => version)

  /** @throws TypeError where nobody listens, or the connection ends before the answer does. */
  async function ask(at: number): Promise<Answer> {
    const sentMs = performance.now()
    const response = await fetch(`${urlOf(at)}/api/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${testApiKey}`,
        'content-type': 'application/json',
        'x-huntaze-session': `session-${at}`,
      },
      body: JSON.stringify({
        model: 'economy',
        max_tokens: 8,
        messages: [{ role: 'user', content: 'Hello?' }],
      }),
    })
    await response.text()
    const id = response.headers.get('x-request-id') ?? ''
    return { id, at, sentMs, provider: response.headers.get('x-huntaze-provider'), status: response.status }
  }

  /** Asks all three without a break until it is stopped; of the one that is killed, who has no answer asks again. */
  function keepAsking(killed: number | null = null): () => Promise<Answer[]> {
    const answers: Answer[] = []
    let stopped = false
    const callers = [0, 1, 2, 0, 1, 2].map(async (at) => {
      while (!stopped) {
        const answer = await ask(at).catch((error: unknown) => {
          if (at !== killed || !(error instanceof TypeError)) throw error
          return new Promise<null>((resolve) => setTimeout(resolve, 50, null))
        })
        if (answer) answers.push(answer)
      }
    })
    return async () => {
      stopped = true
      await Promise.all(callers)
      return answers
    }
  }

  it('P42 P43 all obey once all have acknowledged; no request is lost, doubled or booked elsewhere', async () => {
    await expect.poll(async () => (await versions()).length, { timeout: 30_000 }).toBe(3)
    const stop = keepAsking()
    const thrown = await throwSwitch({ scope: { kind: 'all' }, confirmation: 'roll back all' })
    await expect
      .poll(async () => (await versions()).every((one) => one >= thrown.version), { timeout: 30_000 })
      .toBe(true)
    const obeyed = await Promise.all([0, 1, 2].map(ask))
    expect(obeyed.map(({ provider }) => provider)).toEqual(Array(3).fill('openai'))
    const returned = await returnSwitch(thrown.switch.id)
    await expect
      .poll(async () => (await versions()).every((one) => one >= returned.version), { timeout: 30_000 })
      .toBe(true)
    const returnedMs = performance.now()
    const last = await Promise.all([0, 1, 2].map(ask))
    const answers = await stop()
    expect(last.map(({ provider }) => provider)).toEqual(Array(3).fill('azure-openai'))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(answers.some(({ provider }) => provider === 'openai')).toBe(true)
    expect(
      answers
        .filter(({ sentMs }) => sentMs > returnedMs)
        .every(({ provider }) => provider === 'azure-openai'),
    ).toBe(true)
    await expectBooks([...answers, ...obeyed, ...last])
  }, 240_000)

  /** One row, one booking and one audit entry a request, equal but for the provider. */
  async function expectBooks(answers: readonly Answer[]): Promise<void> {
    const ids = answers.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const read = async () => {
      const { rows } = await client.query<{ id: string; provider: string; outcome: string; tier: string }>(
        'SELECT id, provider, outcome, tier FROM ledger_entries WHERE id = ANY($1)',
        [ids],
      )
      return rows
    }
    await expect.poll(async () => (await read()).length, { timeout: 60_000 }).toBe(ids.length)
    const rows = new Map((await read()).map((row) => [row.id, row]))
    for (const { id, provider } of answers)
      expect(rows.get(id)).toMatchObject({ provider, outcome: 'success', tier: 'economy' })
    const { rows: kinds } = await client.query(
      `SELECT provider, min(attempts) AS least, max(attempts) AS most, count(DISTINCT (account_id, plan, creator_id, kind,
         requested_model, operation, http_status, streamed, input_tokens > 0, cost_pico_usd > 0))::int AS shapes
       FROM ledger_entries WHERE id = ANY($1) GROUP BY provider ORDER BY provider`,
      [ids],
    )
    expect(kinds.map(({ shapes, least, most }) => ({ shapes, least, most }))).toEqual(
      kinds.map(() => ({ shapes: 1, least: 1, most: 1 })),
    )
    const { rows: audited } = await client.query(
      'SELECT count(*)::int AS entries, count(DISTINCT correlation_id)::int AS requests FROM audit_entries WHERE correlation_id = ANY($1)',
      [ids],
    )
    expect(audited).toEqual([{ entries: ids.length, requests: ids.length }])
  }

  it('P43 an instance that is killed during the flip loses nothing that it answered, and obeys when it is back', async () => {
    const [killed] = programs
    const stop = keepAsking(1)
    const throwing = throwSwitch({
      scope: { kind: 'tier', tier: 'economy' },
      confirmation: 'roll back economy',
    })
    await killed?.stop('SIGKILL')
    const thrown = await throwing
    const again = await runOther(dirs[0] ?? '')
    programs[0] = again
    expect((await ask(1)).provider).toBe('openai')
    await returnSwitch(thrown.switch.id)
    await expect.poll(async () => (await ask(1)).provider, { timeout: 30_000 }).toBe('azure-openai')
    const answers = await stop()
    expect(answers.some(({ at }) => at === 1)).toBe(true)
    await expectBooks(answers)
  }, 240_000)

  it('a signal throws one process back, and all learn of it', async () => {
    programs[1]?.child.kill('SIGUSR2')
    await expect
      .poll(async () => (await Promise.all([0, 1, 2].map(ask))).map(({ provider }) => provider), {
        timeout: 60_000,
      })
      .toEqual(Array(3).fill('openai'))
    const { switches } = await readTrafficView()
    expect(switches).toMatchObject([{ via: 'signal', stored: true }])
  }, 120_000)
})
