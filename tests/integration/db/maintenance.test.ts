import { expect, it } from 'vitest'
import { createMaintenance } from '#server/db/maintenance'
import { migrate } from '#server/db/migrate'
import { listPartitions } from '#server/db/partitions'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const dayMs = 86_400_000
const nowMs = Date.UTC(2026, 10, 23, 12)
const log = { info() {}, error() {} }
const settings = async () => ({ ledgerRetentionDays: 100, attemptRetentionDays: 30 })

describeOnDatabases('maintenance', (_openDb, { openEmpty }) => {
  it('makes partitions ahead, and lets go of what is past its time', async () => {
    const db = await openEmpty()
    await migrate(db, Date.UTC(2026, 6, 15))
    const days = [0, 2, 5, 40, 95, 150, 500]
    await bookInto(
      db,
      days.map((day) => aRecord(`req_${day}`, { startedAtMs: nowMs - day * dayMs })),
    )
    const clock = { nowMs: () => nowMs, monotonicMs: () => 0 }
    const maintenance = createMaintenance({ db, clock, settings, log })
    await maintenance.runOnce()
    await maintenance.runOnce()
    await maintenance.close()

    const ids = async (text: string) => (await db.pool.query<{ id: string }>(text)).rows.map((row) => row.id)
    // Whole months go: the one that the limit falls into stays. What lay in the default partition goes to the day.
    expect(await ids('SELECT id FROM ledger_entries ORDER BY started_at DESC')).toEqual([
      'req_0',
      'req_2',
      'req_5',
      'req_40',
      'req_95',
    ])
    expect(await ids('SELECT request_id AS id FROM attempts ORDER BY started_at DESC')).toEqual([
      'req_0',
      'req_2',
      'req_5',
      'req_40',
    ])
    expect(await listPartitions(db, 'attempts')).toEqual([
      'attempts_default',
      'attempts_y2026m10',
      'attempts_y2026m11',
      'attempts_y2026m12',
    ])
    const grains = await db.pool.query(
      'SELECT grain, sum(requests)::int AS n FROM traffic_rollups GROUP BY grain ORDER BY grain',
    )
    expect(grains.rows).toEqual([
      { grain: 'hour', n: 6 },
      { grain: 'minute', n: 2 },
    ])
    const costGrains = async (table: string) => {
      const found = await db.pool.query<{ grain: string; n: number }>(
        `SELECT grain, sum(requests)::int AS n FROM ${table} GROUP BY grain`,
      )
      return Object.fromEntries(found.rows.map(({ grain, n }) => [grain, n]))
    }
    expect(await costGrains('route_rollups')).toEqual({ minute: 2, hour: 6, day: 7 })
    expect(await costGrains('creator_rollups')).toEqual({ minute: 2, hour: 6, day: 7, month: 7 })
    expect((await db.pool.query('SELECT sum(requests)::int AS n FROM usage_days')).rows).toEqual([{ n: 7 }])
  })

  it('checkpoints an embedded database, and only when something was written', async () => {
    const db = await openEmpty()
    await migrate(db, nowMs)
    if (db.kind === 'postgres') return
    const checkpoints = async () =>
      (
        await db.pool.query<{ lsn: string }>(
          'SELECT checkpoint_lsn::text AS lsn FROM pg_control_checkpoint()',
        )
      ).rows[0]?.lsn
    let monotonicMs = 0
    const clock = { nowMs: () => nowMs, monotonicMs: () => monotonicMs }
    const maintenance = createMaintenance({ db, clock, settings, log })
    await maintenance.runOnce()
    const first = await checkpoints()
    monotonicMs += 3_000_000
    maintenance.start()
    await maintenance.close()
    expect(await checkpoints()).toBe(first)

    await bookInto(db, [aRecord('req_1', { startedAtMs: nowMs })])
    const again = createMaintenance({ db, clock, settings, log })
    await again.runOnce()
    await again.close()
    expect(await checkpoints()).not.toBe(first)
  })
})
