import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { accountUsage } from '#server/costs/usage'
import type { Database } from '#server/db/database'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const startMs = Date.UTC(2026, 9, 30)
const hourMs = 3_600_000
const nowMs = startMs + 205 * hourMs
const records = Array.from({ length: 200 }, (_, index) =>
  aRecord(`req_${index}`, {
    accountId: index % 5 === 0 ? 'acc_other' : 'acc_1',
    // Some exactly at midnight.
    startedAtMs: startMs + index * hourMs + (index % 24 === 0 ? 0 : index),
    outcome: index % 3 === 0 ? 'cut' : 'success',
    costPicoUsd: index % 11 === 0 ? null : String(10n ** 14n + BigInt(index)),
  }),
)

describeOnDatabases('accountUsage', (openDb) => {
  let db: Database
  beforeAll(async () => {
    db = await openDb()
    await bookInto(db, records)
  })

  it('is exact for any span, and only of the account', async () => {
    const endMs = startMs + 210 * hourMs
    const instant = fc.oneof(
      fc.integer({ min: startMs - hourMs, max: endMs }),
      fc.integer({ min: -1, max: 9 }).map((day) => startMs + day * 24 * hourMs),
      fc.constantFrom(...records.map((record) => record.startedAtMs)),
    )
    await fc.assert(
      fc.asyncProperty(instant, instant, async (one, other) => {
        const [fromMs, toMs] = [Math.min(one, other), Math.max(one, other)]
        const meant = records.filter(
          (record) =>
            record.accountId === 'acc_1' && record.startedAtMs >= fromMs && record.startedAtMs < toMs,
        )
        expect(await accountUsage(db, { accountId: 'acc_1', fromMs, toMs, nowMs })).toEqual({
          requests: meant.length,
          inputTokens: meant.length * 100,
          cachedInputTokens: meant.length * 20,
          outputTokens: meant.length * 50,
          costPicoUsd: meant.reduce((sum, record) => sum + BigInt(record.costPicoUsd ?? 0), 0n),
          unpricedRequests: meant.filter((record) => record.costPicoUsd === null).length,
        })
      }),
      { numRuns: 150 },
    )
  })

  it('is nothing for an unknown account, and for a span turned around', async () => {
    const nothing = { requests: 0, costPicoUsd: 0n, unpricedRequests: 0 }
    expect(
      await accountUsage(db, { accountId: 'acc_none', fromMs: 0, toMs: Date.UTC(2030, 0, 1), nowMs }),
    ).toMatchObject(nothing)
    expect(
      await accountUsage(db, { accountId: 'acc_1', fromMs: startMs + 90 * hourMs, toMs: startMs, nowMs }),
    ).toMatchObject(nothing)
  })
})
