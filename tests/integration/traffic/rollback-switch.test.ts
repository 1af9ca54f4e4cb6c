import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dryRunView } from '#lib/contracts/traffic'
import { readSigningKeys } from '#server/audit/signing-keys'
import { legacyRouteIds, readProbes } from '#server/traffic/legacy-probes'
import { signOrder } from '#server/traffic/signed-order'
import { type DatabaseProxy, startDatabaseProxy } from '#tests/support/database-proxy'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'
import {
  adminRequest,
  askReturn,
  readTrafficView,
  returnSwitch,
  throwSwitch,
} from '#tests/support/traffic-console'
import { GET as dryRun } from '../../../app/api/admin/traffic/dry-run/route'
import { POST as probe } from '../../../app/api/admin/traffic/probes/route'
import { POST as throwIt } from '../../../app/api/admin/traffic/switches/route'

let gateway: TestGateway
const chat = async (model: string, headers: Record<string, string> = {}) => {
  const response = await gateway.post(
    '/api/v1/chat/completions',
    { model, messages: [{ role: 'user', content: 'Hello?' }] },
    headers,
  )
  await response.text()
  return response
}
const providerOf = async (model: string, headers: Record<string, string> = {}) =>
  (await chat(model, headers)).headers.get('x-huntaze-provider')
const all = { scope: { kind: 'all' }, confirmation: 'roll back all' }

describe('the rollback switch', () => {
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway.close())

  it('P42 sends the next request back, says who obeyed and which request was the first, and returns', async () => {
    expect(await providerOf('premium')).toBe('azure-openai')
    const thrown = await throwSwitch(all)
    expect(thrown.switch.thrown.fleet).toMatchObject({ acknowledged: 1, instances: 1 })
    expect(thrown.switch.thrown.version).toBe(thrown.version)
    const first = await chat('economy')
    expect(first.headers.get('x-huntaze-provider')).toBe('openai')
    await expect
      .poll(async () => (await readTrafficView()).switches[0]?.thrown.firstRequest, { timeout: 10_000 })
      .toMatchObject({ id: first.headers.get('x-request-id'), deploymentId: 'openai-gpt-35-turbo' })
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    expect(metrics).toMatch(/^huntaze_traffic_rolled_back_total\{.*huntaze_tier="economy".*\} 1$/m)
    const view = await readTrafficView()
    expect(view.instances).toMatchObject([{ version: thrown.version, state: 'obeying', self: true }])
    expect(view.cells.find(({ tier, operation }) => tier === 'premium' && operation === null)).toMatchObject({
      intended: { legacy: 10_000, azure: 0, canary: 0 },
      switchId: thrown.switch.id,
    })
    const back = await returnSwitch(thrown.switch.id)
    expect(back.version).toBeGreaterThan(thrown.version)
    const again = await chat('premium')
    expect(again.headers.get('x-huntaze-provider')).toBe('azure-openai')
    await expect
      .poll(async () => (await readTrafficView()).history[0]?.returned?.firstRequest?.id, { timeout: 10_000 })
      .toBe(again.headers.get('x-request-id'))
    expect((await askReturn(thrown.switch.id)).status).toBe(409)
    expect((await askReturn('tsw_unknown')).status).toBe(404)
  })

  it('is audited in both directions, with its reason', async () => {
    const { rows } = await gateway.container.db.pool.query(
      `SELECT action, reason FROM audit_entries WHERE action IN ('traffic.roll_back', 'traffic.return') ORDER BY at`,
    )
    expect(rows).toEqual([
      { action: 'traffic.roll_back', reason: 'a rehearsal' },
      { action: 'traffic.return', reason: 'it is well again' },
    ])
  })

  it('moves only its scope, and is thrown once', async () => {
    const scope = { kind: 'operation', tier: null, operation: 'reply' }
    const thrown = await throwSwitch({ scope, confirmation: 'roll back reply' })
    expect(await providerOf('premium', { 'x-huntaze-operation': 'reply' })).toBe('openai')
    expect(await providerOf('premium')).toBe('azure-openai')
    const twice = await throwIt(adminRequest({ scope, confirmation: 'roll back reply', reason: 'again' }))
    expect(twice.status).toBe(409)
    await returnSwitch(thrown.switch.id)
  })

  it.each([
    ['a wrong word', { ...all, confirmation: 'yes', reason: 'a rehearsal' }, 'confirmation'],
    [
      'an unknown tier',
      { scope: { kind: 'tier', tier: 'gold' }, confirmation: 'roll back gold', reason: 'a rehearsal' },
      'no tier "gold"',
    ],
    ['no reason', { ...all, reason: '' }, 'reason'],
    ['an unknown scope', { scope: { kind: 'region' }, confirmation: 'x', reason: 'a rehearsal' }, 'scope'],
  ])('refuses %s and moves nothing', async (_name, body, words) => {
    const response = await throwIt(adminRequest(body))
    expect(response.status).toBe(400)
    expect(JSON.stringify(await response.json())).toContain(words.replaceAll('"', '\\"'))
    expect((await readTrafficView()).switches).toEqual([])
  })

  it('takes an operator', async () => {
    const key = await gateway.container.access.keys.create({
      name: 'reader',
      accountId: 'acc_reader',
      plan: 'pro',
      scopes: ['chat'],
      expiresAt: null,
      region: null,
      streamMode: null,
      createdBy: 'usr_1',
    })
    const request = adminRequest({ ...all, reason: 'a rehearsal' })
    request.headers.set('authorization', `Bearer ${key.secret}`)
    expect((await throwIt(request)).status).toBe(403)
  })

  it('a dry run says what would happen with numbers, and moves nothing', async () => {
    for (let call = 0; call < 6; call += 1) await chat('standard')
    const response = await dryRun(adminRequest(undefined, '/dry-run?kind=tier&tier=standard'))
    const view = dryRunView.parse(await response.json())
    expect(view.sentence).toMatch(/^Sends tier standard \(about 0\.\d+ requests\/s\) back to OpenAI\.$/)
    expect(view).toMatchObject({
      confirmation: 'roll back standard',
      moves: [{ tier: 'standard', operation: 'chat', to: ['openai-gpt-4'] }],
      stays: [],
    })
    expect(await providerOf('standard')).toBe('azure-openai')
    expect((await readTrafficView()).switches).toEqual([])
  })

  it('the way back is rehearsed: routes say whether they are ready, and why not', async () => {
    expect((await readTrafficView()).routes.map(({ state }) => state)).toContain('unknown')
    const fault = {
      deployment: 'provider:anthropic',
      kind: 'unauthorized',
      expiresAtMs: Date.now() + 600_000,
    }
    const scripted = await fetch(`${gateway.container.simulator?.url}/__simulator/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    })
    expect(scripted.ok).toBe(true)
    await probe(adminRequest({}))
    const { routes, probe: rehearsal } = await readTrafficView()
    expect(routes.map(({ deploymentId, tiers }) => [deploymentId, tiers])).toEqual([
      ['openai-gpt-4-turbo', ['premium']],
      ['anthropic-claude-sonnet', ['premium']],
      ['openai-gpt-4', ['standard']],
      ['openai-gpt-35-turbo', ['economy']],
    ])
    expect(
      routes.filter(({ provider }) => provider === 'openai').every(({ state }) => state === 'ready'),
    ).toBe(true)
    const anthropic = routes.find(({ provider }) => provider === 'anthropic')
    expect(anthropic?.state).toBe('not_ready')
    expect(anthropic?.notes.join()).toContain('its credentials are refused')
    expect(BigInt(rehearsal.spentTodayPicoUsd)).toBeGreaterThan(0n)
  })

  it('the picture counts who answers from the last change on', async () => {
    await chat('standard')
    const thrown = await throwSwitch({
      scope: { kind: 'tier', tier: 'standard' },
      confirmation: 'roll back standard',
    })
    const cell = async () =>
      (await readTrafficView()).cells.find(({ tier, operation }) => tier === 'standard' && operation === null)
    await expect
      .poll(
        async () => {
          await chat('standard')
          return (await cell())?.actual ?? { legacy: 0, azure: 0 }
        },
        { timeout: 20_000, interval: 300 },
      )
      .toSatisfy(({ legacy, azure }) => legacy > 0 && azure === 0)
    const seen = await cell()
    expect(seen?.actual.legacy).toBeGreaterThan(0)
    expect(seen?.requests).toBeGreaterThan(seen?.actual.legacy ?? 0)
    expect(seen?.countedSince).toBe(thrown.switch.thrown.at)
    await returnSwitch(thrown.switch.id)
  })
})

it('the way back is known soon after a start, without anybody asking', async () => {
  const fresh = await startGateway({ env: { HUNTAZE_LEGACY_PROBE_MINUTES: '5' } })
  try {
    const probed = async () => (await readProbes(fresh.container)).filter(({ ok }) => ok).length
    await expect
      .poll(probed, { timeout: 30_000 })
      .toBe(legacyRouteIds(fresh.container.catalog.current()).length)
  } finally {
    await fresh.close()
  }
})

describe.skipIf(postgresRefusal !== null)('without the database', () => {
  let proxy: DatabaseProxy
  let dispose: () => Promise<void>
  let dataDir: string

  beforeAll(async () => {
    const opened = await openPostgres()
    dispose = opened.dispose
    proxy = await startDatabaseProxy({ connectionString: opened.databaseUrl })
    dataDir = mkdtempSync(join(tmpdir(), 'huntaze-rollback-'))
    gateway = await startGateway({
      env: {
        DATABASE_URL: proxy.connection.connectionString ?? '',
        HUNTAZE_DATA_DIR: dataDir,
        AUTH_SECRET: 'a-secret-of-at-least-32-characters-for-tests',
        HUNTAZE_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64'),
        HUNTAZE_PSEUDONYM_KEY: Buffer.alloc(32, 8).toString('base64'),
      },
    })
  }, 120_000)
  afterAll(async () => {
    await gateway.close()
    await proxy.close()
    await dispose()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('instances keep their configuration, obey a signed file and nothing unsigned, and the database learns of it', async () => {
    expect(await providerOf('premium')).toBe('azure-openai')
    proxy.cut()
    expect(await providerOf('premium')).toBe('azure-openai')
    const { env, traffic } = gateway.container
    const keys = readSigningKeys(env)
    const path = join(dataDir, 'rollback.json')
    const order = {
      id: 'tsw_0123456789abcdef01234567',
      action: 'roll_back' as const,
      scope: { kind: 'all' as const },
      by: 'Ada',
      reason: 'Azure is away and so is the database',
      at: new Date().toISOString(),
    }
    writeFileSync(path, signOrder(order, keys).replace('Ada', 'Eve'))
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(traffic.state.current().switches).toEqual([])
    writeFileSync(path, signOrder(order, keys))
    await expect.poll(() => traffic.state.current().switches.length, { timeout: 20_000 }).toBe(1)
    expect(await providerOf('premium')).toBe('openai')
    expect(traffic.orders.pending()).toHaveLength(1)
    proxy.restore()
    await expect.poll(() => traffic.orders.pending().length, { timeout: 30_000 }).toBe(0)
    expect(await providerOf('premium')).toBe('openai')
    const view = await readTrafficView()
    expect(view.switches).toMatchObject([
      { id: order.id, via: 'file', stored: true, thrown: { by: 'Ada, by signed file' } },
    ])
    const { rows } = await gateway.container.db.pool.query(
      `SELECT action, reason FROM audit_entries WHERE action = 'traffic.roll_back'`,
    )
    expect(rows).toEqual([
      {
        action: 'traffic.roll_back',
        reason: 'Azure is away and so is the database (Ada, by signed file)',
      },
    ])
    await returnSwitch(order.id)
    expect(await providerOf('premium')).toBe('azure-openai')
  })

  it('a signal throws all traffic back at once, and the console takes it back', async () => {
    proxy.cut()
    const { traffic } = gateway.container
    traffic.orders.throwBySignal()
    traffic.orders.throwBySignal()
    expect(await providerOf('standard')).toBe('openai')
    proxy.restore()
    await expect.poll(() => traffic.orders.pending().length, { timeout: 30_000 }).toBe(0)
    const { switches } = await readTrafficView()
    expect(switches).toMatchObject([{ via: 'signal', scope: { kind: 'all' }, stored: true }])
    await returnSwitch(switches[0]?.id ?? '')
    expect(await providerOf('standard')).toBe('azure-openai')
  })
})
