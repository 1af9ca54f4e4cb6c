import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DualStreamView, type MigrationView, migrationView } from '#lib/contracts/migration'
import { settingsView } from '#lib/contracts/settings'
import { everyAccount } from '#server/migration/dual-switches'
import { openMigration } from '#server/migration/open-migration'
import { pruneDualWrite } from '#server/migration/prune-dual-write'
import { callAdmin } from '#tests/support/call-admin'
import { describeOnDatabases } from '#tests/support/databases'
import { contentOf, openPair, setSwitch, writeToPair } from '#tests/support/dual-worlds'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'

const stream = 'memories'
const reason = 'memories move to the new store'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ dualWritePairs: (db) => [openPair(db, stream)] })
})
afterAll(() => gateway.close())

const put = (accountId: string, id: string, body: string) =>
  writeToPair(gateway.container.db, stream, { accountId, id, state: 'live', body }, Date.now())

async function view(): Promise<MigrationView> {
  const answer = await callAdmin({ url: gateway.url, method: 'GET', path: '/api/admin/migration' })
  return migrationView.parse(await answer.json())
}

async function standing(): Promise<DualStreamView> {
  const [only, ...others] = (await view()).streams
  if (!only || others.length > 0) throw new Error('there is exactly one stream')
  return only
}

async function order(what: 'switches' | 'backfills' | 'reconciliations', body: object) {
  const path = `/api/admin/migration/${what}`
  const wish = { stream, accountId: everyAccount, reason, ...body }
  const answer = await callAdmin({ url: gateway.url, method: 'POST', path, body: wish })
  const text = await answer.text()
  return { status: answer.status, text }
}

const reaches = (state: DualStreamView['state']) =>
  expect.poll(async () => (await standing()).state, { timeout: 30_000, interval: 100 }).toBe(state)

async function expectSame(accountId: string): Promise<void> {
  const { primary, secondary } = openPair(gateway.container.db, stream)
  const [ours, theirs] = [await contentOf(primary, accountId), await contentOf(secondary, accountId)]
  expect(theirs).toEqual(ours)
  expect(ours.length).toBeGreaterThan(0)
}

describe('a store that moves, by its admin API', () => {
  it('refuses what cannot be done, and says why', async () => {
    expect((await standing()).text).toBe('dual-write is off')
    const unknown = await order('switches', { stream: 'letters', enabled: true })
    expect(unknown.status).toBe(404)
    expect(unknown.text).toContain('There is no dual-write of letters. Known: memories.')
    const early = await order('backfills', { command: 'start' })
    expect(early.status).toBe(409)
    expect(early.text).toContain('the dual-write is off for every account; turn it on first')
    expect((await order('switches', { enabled: true, reason: '' })).status).toBe(400)
    expect((await standing()).switches).toEqual([])
  })

  it('is switched on, copied, compared and then clean, and every change follows', async () => {
    for (let n = 0; n < 30; n += 1) await put(`acc_${n % 3}`, `mem_${n}`, `{"n":${n}}`)
    expect(await order('switches', { enabled: true })).toEqual({ status: 204, text: '' })
    expect(await standing()).toMatchObject({
      state: 'copying',
      text: 'the copy of every account has not ended (0 records so far)',
    })
    const compared = await order('reconciliations', { repair: false })
    expect(compared.text).toContain('the copy has not ended')
    const paused = await order('backfills', { command: 'pause' })
    expect(paused.text).toContain('the copy does not run')
    expect((await order('backfills', { command: 'start' })).status).toBe(204)
    await reaches('clean')
    const { switches, comparisons, changes } = await standing()
    expect(switches).toMatchObject([
      {
        accountId: '*',
        enabled: true,
        copy: { state: 'ended', records: 30 },
        comparison: { running: false },
      },
    ])
    expect(comparisons.map(({ accountId }) => accountId).sort()).toEqual(['acc_0', 'acc_1', 'acc_2'])
    expect(changes).toEqual({ waiting: 0, failing: 0, lagSeconds: null, lastError: null })
    await put('acc_new', 'mem_1', '{}')
    await put('acc_1', 'mem_1', '{"n":"changed"}')
    await expect.poll(async () => (await standing()).changes.waiting, { timeout: 20_000 }).toBe(0)
    for (const accountId of ['acc_0', 'acc_1', 'acc_2', 'acc_new']) await expectSame(accountId)
  })

  it('finds by sampled reads what was damaged, compares without repairing, and repairs', async () => {
    await callAdmin({
      url: gateway.url,
      method: 'PATCH',
      path: '/api/admin/settings',
      body: { dualWrite: { shadowReadBps: 10_000, reconcileEveryHours: 24, repairs: true }, reason },
    })
    await gateway.container.db.pool.query(
      `UPDATE dual_records SET body = '{}' WHERE store = $1 AND account_id = 'acc_2' AND id = 'mem_2'`,
      [`${stream} new`],
    )
    gateway.container.migration.reads.saw({
      ...{ stream, accountId: 'acc_2', recordId: 'mem_2', readId: 'req_1' },
    })
    await reaches('differs')
    expect((await standing()).mismatches).toEqual([{ class: 'content', open: 1, repaired: 0 }])
    const metrics = async () => (await fetch(`${gateway.url}/metrics`)).text()
    const own = `huntaze_stream="${stream}"`
    await expect
      .poll(metrics, { timeout: 20_000, interval: 500 })
      .toMatch(new RegExp(`^huntaze_dual_write_mismatches\\{.*${own}.*\\} 1$`, 'm'))
    expect(await metrics()).toMatch(
      new RegExp(
        `^huntaze_dual_write_deliveries_total\\{.*${own},huntaze_outcome="delivered".*\\} [1-9]`,
        'm',
      ),
    )
    expect(await metrics()).toMatch(new RegExp(`^huntaze_dual_write_lag\\{.*${own}.*\\} 0$`, 'm'))
    expect((await order('reconciliations', { repair: false })).status).toBe(204)
    await expect
      .poll(async () => (await standing()).switches[0]?.comparison.running, { timeout: 30_000 })
      .toBe(false)
    expect(await standing()).toMatchObject({
      state: 'differs',
      text: 'differences in 1 record are not repaired',
    })
    expect((await order('reconciliations', { repair: true })).status).toBe(204)
    await reaches('clean')
    await expectSame('acc_2')
    expect((await standing()).mismatches).toEqual([{ class: 'content', open: 0, repaired: 1 }])
  })

  it('is off for one account, which says so, and has left an audit entry for every deed', async () => {
    expect((await order('switches', { accountId: 'acc_0', enabled: false })).status).toBe(204)
    expect(await standing()).toMatchObject({ state: 'partly_on', text: 'dual-write is off for acc_0' })
    const { rows } = await gateway.container.db.pool.query(
      `SELECT action, account_id, reason FROM audit_entries WHERE action LIKE 'dual_%' ORDER BY position`,
    )
    expect(rows).toEqual(
      [
        ['dual_switch.set', 'console'],
        ['dual_write.start_copy', 'console'],
        ['dual_write.compare', 'console'],
        ['dual_write.repair', 'console'],
        ['dual_switch.set', 'acc_0'],
      ].map(([action, account_id]) => ({ action, account_id, reason })),
    )
  })
})

describeOnDatabases('two instances with a store that moves', (openDb) => {
  it('end the copy and the comparison when one of them goes away in the middle', async () => {
    const db = await openDb()
    const name = 'pairs of two'
    const log = { ...gateway.container.log, error: () => undefined }
    const open = (instanceId: string) =>
      openMigration(
        {
          ...{ db, log, instanceId },
          clock: gateway.container.clock,
          events: gateway.container.events,
          settings: { ...gateway.container.settings, current: () => settingsView.parse({}) },
        },
        (database) => [openPair(database, name)],
      )
    const write = (n: number) =>
      writeToPair(
        db,
        name,
        { accountId: `acc_${n % 2}`, id: `id_${n}`, state: 'live', body: '{}' },
        Date.now(),
      )
    for (let n = 0; n < 900; n += 1) await write(n)
    const [first, second] = [open('ins_1'), open('ins_2')]
    await setSwitch(db, everyAccount, true, name)
    await db.pool.query(`UPDATE dual_switches SET backfill_state = 'running' WHERE stream = $1`, [name])
    first.work.keeping.wake()
    second.work.keeping.wake()
    await first.work.keeping.run()
    await first.close()
    for (let n = 0; n < 60; n += 1) await write(n)
    const state = async () => (await second.standings())[0]?.judgement.state
    await expect.poll(state, { timeout: 60_000, interval: 100 }).toBe('clean')
    const { primary, secondary } = openPair(db, name)
    await expect
      .poll(async () => (await second.standings())[0]?.waiting ?? null, { timeout: 20_000 })
      .toBeNull()
    for (const accountId of ['acc_0', 'acc_1'])
      expect(await contentOf(secondary, accountId)).toEqual(await contentOf(primary, accountId))
    await second.close()
  }, 120_000)

  it('forget deliveries and repaired differences of long ago, and no tombstone', async () => {
    const db = await openDb()
    const tombstone = { accountId: 'acc_gone', id: 'a', state: 'erased', body: null } as const
    await writeToPair(db, 'forgetful', tombstone, 0)
    const dayMs = 86_400_000
    const nowMs = 400 * dayMs
    for (const [sequence, days] of [
      [1, 1],
      [2, 8],
    ] as const) {
      const at = new Date(nowMs - days * dayMs)
      await db.pool.query(`INSERT INTO dual_inbox VALUES ('acc_gone', 'forgetful', $1, $2)`, [sequence, at])
      await db.pool.query(
        `INSERT INTO dual_mismatches VALUES ('acc_gone', 'forgetful', $1, 'missing', 'shadow_read', $2, $3)`,
        [`id_${sequence}`, new Date(0), sequence === 1 ? null : new Date(nowMs - 91 * dayMs)],
      )
    }
    await pruneDualWrite(db, nowMs)
    const kept = async (table: string, column: string) =>
      (await db.pool.query(`SELECT ${column} AS kept FROM ${table} WHERE account_id = 'acc_gone'`)).rows.map(
        (row) => row.kept,
      )
    expect(await kept('dual_inbox', 'sequence::int')).toEqual([1])
    expect(await kept('dual_mismatches', 'record_id')).toEqual(['id_1'])
    expect(await kept('dual_records', 'state')).toEqual(['erased'])
  })
})
