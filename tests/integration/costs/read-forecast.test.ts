import { beforeAll, expect, it } from 'vitest'
import { forecastView } from '#lib/contracts/cost-advice'
import { readForecast } from '#server/costs/read-forecast'
import type { Database } from '#server/db/database'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const hourMs = 3_600_000
const nowMs = Date.UTC(2026, 9, 21, 12)
/** A dollar every second hour since August, and one unpriced request a day. */
const records = Array.from({ length: 80 * 12 }, (_, index) =>
  aRecord(`req_${index}`, {
    accountId: index % 2 === 0 ? 'acc_1' : 'acc_2',
    startedAtMs: nowMs - (index + 1) * 2 * hourMs,
    costPicoUsd: index % 12 === 11 ? null : String(10n ** 12n),
  }),
)

describeOnDatabases('readForecast', (openDb) => {
  let db: Database
  beforeAll(async () => {
    db = await openDb()
    await bookInto(db, records)
  })

  it('adds up the month exactly, and goes on as it went', async () => {
    const view = forecastView.parse(await readForecast(db, { coverage: 0.8 }, nowMs))
    const thisMonth = records.filter(({ startedAtMs }) => startedAtMs >= Date.UTC(2026, 9, 1))
    const priced = thisMonth.filter(({ costPicoUsd }) => costPicoUsd !== null)
    expect(view).toMatchObject({ month: '2026-10', asOf: new Date(nowMs).toISOString() })
    expect(BigInt(view.spentPicoUsd)).toBe(BigInt(priced.length) * 10n ** 12n)
    expect(view.unpricedRequests).toBe(thisMonth.length - priced.length)
    expect(Math.abs(Number(view.expectedPicoUsd) / 1e12 - 31 * 11)).toBeLessThan(2)
    expect(view.days).toHaveLength(31)
  })

  it('is of the account, creator or operation that is asked for', async () => {
    const [all, one, none] = await Promise.all([
      readForecast(db, { coverage: 0.8 }, nowMs),
      readForecast(db, { coverage: 0.8, account: 'acc_1' }, nowMs),
      readForecast(db, { coverage: 0.8, operation: 'nothing-of-the-kind' }, nowMs),
    ])
    expect(BigInt(one.spentPicoUsd)).toBeLessThan(BigInt(all.spentPicoUsd))
    expect(none).toMatchObject({ spentPicoUsd: '0', expectedPicoUsd: null, interval: null })
  })
})
