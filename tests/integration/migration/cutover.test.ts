import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtInRules } from '#lib/alerts/built-in-rules'
import { type CutoverRouteView, cutoverView } from '#lib/contracts/migration'
import { rolloutDetail, rolloutReceipt } from '#lib/contracts/rollouts'
import { writeBackup } from '#server/db/write-backup'
import { everyAccount } from '#server/migration/dual-switches'
import { recordBackup } from '#server/recovery/record-backup'
import { callAdmin } from '#tests/support/call-admin'
import { openPair } from '#tests/support/dual-worlds'
import { quickPlan } from '#tests/support/rollout-plans'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'

const stream = 'memories'
const reason = 'the old provider is left'
const dayMs = 86_400_000

let gateway: TestGateway
let folder: string
beforeAll(async () => {
  gateway = await startGateway({ dualWritePairs: (db) => [openPair(db, stream)] })
  folder = await mkdtemp(join(tmpdir(), 'huntaze-cutover-'))
  for (const model of ['gpt-4-turbo-prod', 'gpt-4-turbo', 'gpt-4-standard-prod', 'gpt-4'])
    gateway.container.simulator?.setLatency(model, { firstTokenMs: 1, tokensPerSecond: 10_000, jitter: 0 })
})
afterAll(async () => {
  await gateway.close()
  await rm(folder, { recursive: true, force: true })
})

async function call(method: string, path: string, { body, id }: { body?: object; id?: string } = {}) {
  const params = id === undefined ? {} : { params: { id } }
  const answer = await callAdmin({ url: gateway.url, method, path, ...params, ...(body ? { body } : {}) })
  return { status: answer.status, text: await answer.text() }
}

const plan = { ...quickPlan, retireAfterDays: 7 }
const create = (more: object) =>
  call('POST', '/api/admin/rollouts', {
    body: { tier: 'premium', operation: 'reply', plan, start: true, reason, ...more },
  })

async function detail(id: string) {
  return rolloutDetail.parse(JSON.parse((await call('GET', '/api/admin/rollouts/{id}', { id })).text))
}

async function command(id: string, name: string) {
  const { version } = await detail(id)
  const body = { command: name, version, reason }
  return call('POST', '/api/admin/rollouts/{id}/orders', { id, body })
}

async function route(): Promise<CutoverRouteView> {
  const { routes } = cutoverView.parse(JSON.parse((await call('GET', '/api/admin/migration/cutover')).text))
  const [only, ...others] = routes
  if (!only || others.length > 0) throw new Error('there is exactly one route')
  return only
}

const criterion = async (name: string) => (await route()).criteria.find((one) => one.name === name)

async function askMany(count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const answer = await gateway.post(
        '/api/v1/chat/completions',
        { model: 'premium', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] },
        { 'x-huntaze-operation': 'reply', 'x-huntaze-creator': `creator-${index}` },
      )
      await answer.text()
    }),
  )
}

async function openAlert(labels: object, resolvedAt: Date | null): Promise<void> {
  await gateway.container.db.pool.query(
    `INSERT INTO alerts (id, rule_id, fingerprint, labels, state, severity, sentence, metric, unit, value, worst,
       threshold, request_ids, pending_at, fired_at, resolved_at, updated_at)
     VALUES ($1, 'rehearsal', $1, $2, $3, 'warning', 'Premium was slow', 'tier.latency', 'ms', 1, 1, 1, '[]', $4, $4, $5, now())`,
    [
      `alr_${JSON.stringify(labels)}`,
      labels,
      resolvedAt ? 'resolved' : 'firing',
      new Date(Date.now() - 2 * dayMs),
      resolvedAt,
    ],
  )
}

describe('a route that leaves an old provider', () => {
  let id = ''

  it('does not begin above 10 % while a store that moves is not written twice', async () => {
    const [, second, third] = plan.steps
    const refused = await create({ plan: { ...plan, steps: [second, third] } })
    expect(refused.status).toBe(409)
    expect(refused.text).toContain(
      'dual_write: going above 10 % needs dual-write on and clean, but memories: dual-write is off. Nothing was changed.',
    )
    const made = await create({})
    expect(made.status, made.text).toBe(200)
    id = rolloutReceipt.parse(JSON.parse(made.text)).id
  })

  it('waits at 10 % by itself until it is clean, and then for the approval', async () => {
    await askMany(80)
    const gate = async () => {
      await gateway.container.rollouts.sync.flush()
      await gateway.container.rollouts.job.look()
      const { phase, verdict } = await detail(id)
      return { phase, gate: verdict?.gates.find(({ name }) => name === 'dual_write') }
    }
    expect(await gate()).toMatchObject({
      phase: 'running',
      gate: { status: 'waiting', text: expect.stringContaining('memories: dual-write is off') },
    })
    expect(await criterion('dual_write')).toMatchObject({ status: 'failed', value: 0, limit: 1 })
    const target = { stream, accountId: everyAccount, reason }
    const { status } = await call('POST', '/api/admin/migration/switches', {
      body: { ...target, enabled: true },
    })
    expect(status).toBe(204)
    await call('POST', '/api/admin/migration/backfills', { body: { ...target, command: 'start' } })
    await expect
      .poll(async () => (await criterion('dual_write'))?.status, { timeout: 30_000, interval: 200 })
      .toBe('met')
    await expect
      .poll(gate, { timeout: 30_000, interval: 200 })
      .toMatchObject({ phase: 'awaiting_approval', gate: { status: 'met' } })
  })

  it('is not approved when the stores differ by then', async () => {
    const { pool } = gateway.container.db
    await pool.query(
      `INSERT INTO dual_mismatches VALUES ('acc_1', $1, 'mem_1', 'content', 'shadow_read', now(), NULL)`,
      [stream],
    )
    const refused = await command(id, 'approve')
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('dual_write: ')
    expect(refused.text).toContain('differences in 1 record are not repaired')
    expect((await detail(id)).weightBps).toBe(1_000)
    await pool.query('DELETE FROM dual_mismatches')
    const approved = await command(id, 'approve')
    expect(approved.status, approved.text).toBe(200)
    expect((await detail(id)).weightBps).toBe(5_000)
  })

  it('has an open alert when its model is retired, as the built-in ones are', async () => {
    const alerts = async () => {
      await gateway.container.alerts.job.look()
      return criterion('alerts')
    }
    await expect.poll(alerts, { timeout: 30_000 }).toMatchObject({
      status: 'failed',
      limit: 0,
      text: expect.stringContaining('Model retires: model gpt-4'),
    })
    const rule = builtInRules.find((one) => one.id === 'model-retiring')
    const body = { rule: { ...rule, enabled: false }, reason: 'the simulator serves it all the same' }
    const path = '/api/admin/alert-rules/{id}'
    expect((await call('PUT', path, { id: 'model-retiring', body })).status).toBe(200)
    await expect.poll(alerts, { timeout: 30_000 }).toMatchObject({ status: 'met', value: 0 })
  })

  it('says what nobody has measured, and takes a backup into account', async () => {
    const before = await route()
    expect(before.status).toBe('not_ready')
    const known = Object.fromEntries(before.criteria.map(({ name, status }) => [name, status]))
    expect(known).toEqual({
      ...{ parity: 'no_data', quality: 'no_data', errors: 'met', refusals: 'no_data', latency: 'no_data' },
      ...{ first_token: 'no_data', cost: 'no_data', alerts: 'met', backup: 'no_data', invoice: 'no_data' },
      ...{ dual_write: 'met', time_at_full: 'failed' },
    })
    const { db, version } = gateway.container
    await db.pool.query(
      `INSERT INTO shadow_pairs (account_id, started_at, id, request_id, rollout_id, visit, operation, baseline_deployment,
         candidate_deployment, differences, breaking, facts, baseline_ms, candidate_ms, comparison_pico_usd)
       SELECT 'acc_1', now(), 'req_' || n, 'req_' || n, $1, 2, 'reply', 'old', 'new', '[]', n <= 4, '{}', 1, 1, 0
       FROM generate_series(1, 100) AS n`,
      [id],
    )
    expect(await criterion('parity')).toMatchObject({ status: 'met', value: 0.96, limit: 0.95 })
    const file = join(folder, 'backup.gz')
    const summary = await writeBackup({
      ...{ db, file, dataDir: folder, programVersion: version, nowMs: Date.now() },
      onProgress: () => undefined,
    })
    await recordBackup(db, { file, summary })
    expect(await criterion('backup')).toMatchObject({ status: 'met', limit: 24 })
  })

  it('keeps its old provider until it was at 100 % for its days without an alert', async () => {
    const { pool } = gateway.container.db
    const set = (days: number) =>
      pool.query(`UPDATE rollouts SET phase = 'completed', step = 2, step_since = $2 WHERE id = $1`, [
        id,
        new Date(Date.now() - days * dayMs),
      ])
    const firing = async () => {
      await gateway.container.alerts.job.look()
      return (await pool.query(`SELECT sentence FROM alerts WHERE state <> 'resolved'`)).rows
    }
    await expect.poll(firing, { timeout: 30_000 }).toEqual([])
    await pool.query('DELETE FROM alerts')
    await set(3)
    const early = await command(id, 'retire')
    expect(early.status).toBe(409)
    expect(early.text).toContain('time_at_full: ')
    expect(early.text).toContain('3.0 of at least 7 days at 100 %')
    await set(8)
    await openAlert({ tier: 'economy' }, null)
    await openAlert({ tier: 'premium', operation: 'reply' }, new Date(Date.now() - dayMs))
    const disturbed = await command(id, 'retire')
    expect(disturbed.status).toBe(409)
    expect(disturbed.text).toContain('not without an alert: Premium was slow')
    expect(await criterion('alerts')).toMatchObject({ status: 'met' })
    await pool.query(`DELETE FROM alerts WHERE labels @> '{"tier":"premium"}'`)
    expect(await criterion('time_at_full')).toMatchObject({ status: 'met' })
    expect((await detail(id)).phase).toBe('completed')
  })

  it('has its checklist signed, which is verified without a database, and recorded', async () => {
    const path = '/api/admin/migration/cutover/{id}/report.json'
    const { status, text } = await call('GET', path, { id })
    expect(status).toBe(200)
    const file = join(folder, 'report.json')
    const verify = async (content: string) => {
      await writeFile(file, content)
      const run = promisify(execFile)(process.execPath, ['server/cli/verify-audit.ts', file])
      return run.then(
        ({ stdout }) => ({ code: 0, stdout }),
        ({ code, stdout }) => ({ code, stdout }),
      )
    }
    const verdict = await verify(text)
    expect(verdict.code).toBe(0)
    expect(verdict.stdout).toContain('ok: the report is as it was signed with key')
    expect(verdict.stdout).toContain('huntaze cutover checklist 1')
    const changed = await verify(text.replaceAll('no_data', 'met'))
    expect(changed.code).toBe(1)
    expect(changed.stdout).toContain('NOT OK')
    const { rows } = await gateway.container.db.pool.query(
      `SELECT resource FROM audit_entries WHERE action = 'cutover.export'`,
    )
    expect(rows).toEqual([{ resource: `rollout/${id}` }])
    expect((await call('GET', path, { id: 'rol_none' })).status).toBe(404)
    const retired = await command(id, 'retire')
    expect(retired.status, retired.text).toBe(200)
    const view = await call('GET', '/api/admin/migration/cutover')
    expect(cutoverView.parse(JSON.parse(view.text)).routes).toEqual([])
  })
})
