import { expect, it } from 'vitest'
import { backfillStep } from '#server/migration/backfill-records'
import { observeDualWrite } from '#server/migration/observe-dual-write'
import { reconcileStores } from '#server/migration/reconcile-stores'
import type { RecordStore } from '#server/migration/record-store'
import { relayOutbox } from '#server/migration/relay-outbox'
import { shadowRead } from '#server/migration/shadow-read'
import { describeOnDatabases } from '#tests/support/databases'
import { contentOf, openStores, setSwitch, stream, write } from '#tests/support/dual-worlds'

const fill = `
INSERT INTO dual_records (account_id, store, id, version, state, body)
SELECT $1, store, 'record_' || n, 1 + n % 7, 'live', '{"n":' || n || '}'
FROM generate_series(1, $2::int) AS n CROSS JOIN (VALUES ('old'), ('new')) AS stores(store)`

describeOnDatabases('a dual-write', (openDb, { kind }) => {
  it('finds one damaged record in 100,000 (embedded: 2,000) by comparing at most 50 hashes and records, and repairs it', async () => {
    const db = await openDb()
    const accountId = 'acc_large'
    const stores = openStores(db)
    const records = kind === 'postgres' ? 100_000 : 2_000
    await db.pool.query(fill, [accountId, records])
    const options = { db, stream, accountId, ...stores }
    expect(await reconcileStores(options, 1)).toEqual({ compared: 1, pending: 0, mismatches: [] })
    for (const [index, number] of [1_123, 1, records].entries()) {
      const id = `record_${number}`
      await db.pool.query(
        `UPDATE dual_records SET body = '{"n":0}' WHERE account_id = $1 AND store = 'new' AND id = $2`,
        [accountId, id],
      )
      const report = await reconcileStores(options, 2 + index)
      expect(report.mismatches).toEqual([{ id, class: 'content' }])
      expect(report.compared).toBeLessThanOrEqual(50)
      expect(await stores.secondary.read(accountId, [id])).toEqual(await stores.primary.read(accountId, [id]))
    }
    expect((await reconcileStores(options, 9)).mismatches).toEqual([])
  }, 600_000)

  it('loses nothing of what is written while it is turned on and the copy runs', async () => {
    const db = await openDb()
    const accountId = 'acc_racing'
    const { primary, secondary } = openStores(db)
    const put = (n: number) => write(db, { accountId, id: `id_${n % 40}`, state: 'live', body: `{"n":${n}}` })
    for (let n = 0; n < 40; n += 1) await put(n)
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; n < 30; n += 1) await put(100 + writer * 30 + n)
    })
    await setSwitch(db, accountId, true)
    while (!(await backfillStep({ db, stream, accountId, primary, secondary, page: 7 }, 1))) {}
    await Promise.all(writers)
    while ((await relayOutbox({ db, stream, secondary, leaseMs: 60_000, batch: 50 }, 1)).delivered > 0) {}
    expect(await contentOf(secondary, accountId)).toEqual(await contentOf(primary, accountId))
  })

  it('keeps the higher version, and an erasure before everything, in whatever order deliveries come', async () => {
    const db = await openDb()
    const { secondary } = openStores(db)
    const accountId = 'acc_order'
    const live = (version: bigint, sequence: bigint | null) => ({
      ...{ id: 'a', version, state: 'live' as const, body: `{"version":${version}}`, sequence },
    })
    const stored = async () => (await contentOf(secondary, accountId))[0]
    await secondary.take(accountId, [live(3n, 901n)])
    await secondary.take(accountId, [live(2n, 900n)])
    await secondary.take(accountId, [live(1n, null)])
    expect(await stored()).toMatchObject({ version: 3n, body: '{"version":3}' })
    await secondary.take(accountId, [{ ...live(2n, 902n), state: 'erased', body: null }])
    await secondary.take(accountId, [live(9n, 903n), live(10n, null)])
    expect(await stored()).toMatchObject({ version: 2n, state: 'erased', body: null })
  })

  it('is on for the accounts that have it on, and for those without a switch of their own as the stream says', async () => {
    const db = await openDb()
    const pending = async (accountId: string) =>
      (await db.pool.query('SELECT 1 FROM dual_outbox WHERE account_id = $1', [accountId])).rowCount
    const put = (accountId: string) => write(db, { accountId, id: 'a', state: 'live', body: '{}' })
    await setSwitch(db, 'acc_on', true)
    await put('acc_on')
    await put('acc_other')
    expect([await pending('acc_on'), await pending('acc_other')]).toEqual([1, 0])
    await setSwitch(db, '*', true)
    await setSwitch(db, 'acc_on', false)
    await put('acc_on')
    await put('acc_other')
    expect([await pending('acc_on'), await pending('acc_other')]).toEqual([1, 1])
    await setSwitch(db, '*', false)
    const { rows } = await db.pool.query(
      `SELECT account_id, before, after, reason FROM audit_entries WHERE action = 'dual_switch.set' AND account_id IN ('acc_on', 'console') ORDER BY position`,
    )
    expect(rows).toEqual(
      [
        ['acc_on', null, true],
        ['console', false, true],
        ['acc_on', true, false],
        ['console', true, false],
      ].map(([account_id, was, is]) => ({
        account_id,
        before: JSON.stringify({ enabled: was }),
        after: JSON.stringify({ enabled: is }),
        reason: 'a rehearsal',
      })),
    )
    await db.pool.query('DELETE FROM dual_outbox')
  })

  it('says how late it is and what fails, and delivers when the other store is back', async () => {
    const db = await openDb()
    const accountId = 'acc_late'
    const { primary, secondary } = openStores(db)
    await setSwitch(db, accountId, true)
    await write(db, { accountId, id: 'a', state: 'live', body: '{}' }, 10_000)
    const away: RecordStore = { ...secondary, take: () => Promise.reject(new Error('away')) }
    const relay = { db, stream, leaseMs: 1_000, batch: 10 }
    expect(await relayOutbox({ ...relay, secondary: away }, 10_000)).toEqual({ delivered: 0, failed: 1 })
    expect(await relayOutbox({ ...relay, secondary }, 10_400)).toEqual({ delivered: 0, failed: 0 })
    expect(await observeDualWrite(db)(12_500)).toEqual([
      { metric: 'dual_write.lag_seconds', labels: { stream }, value: 2.5, unit: 's', requestIds: [] },
      { metric: 'dual_write.failing_records', labels: { stream }, value: 1, unit: 'records', requestIds: [] },
    ])
    expect(await relayOutbox({ ...relay, secondary }, 12_500)).toEqual({ delivered: 1, failed: 0 })
    expect(await observeDualWrite(db)(12_500)).toEqual([])
    expect(await contentOf(secondary, accountId)).toEqual(await contentOf(primary, accountId))
  })

  it('notices what differs in a sampled read, and not what is only late', async () => {
    const db = await openDb()
    const accountId = 'acc_shadow'
    const options = { db, stream, accountId, ...openStores(db), sampleBps: 10_000 }
    const read = { recordId: 'a', readId: 'req_1', nowMs: 5 }
    await setSwitch(db, accountId, true)
    await write(db, { accountId, id: 'a', state: 'live', body: '{}' })
    expect(await shadowRead(options, read)).toBeNull()
    await db.pool.query('DELETE FROM dual_outbox')
    expect(await shadowRead({ ...options, sampleBps: 0 }, read)).toBeNull()
    expect(await shadowRead(options, read)).toBe('missing')
    const open = async () => (await observeDualWrite(db)(5)).map(({ metric, value }) => [metric, value])
    expect(await open()).toEqual([['dual_write.open_mismatches', 1]])
    await reconcileStores(options, 6)
    expect(await shadowRead(options, read)).toBeNull()
    expect(await open()).toEqual([])
  })
})
