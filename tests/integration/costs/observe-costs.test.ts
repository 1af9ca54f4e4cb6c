import { expect, it } from 'vitest'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { observeCosts } from '#server/costs/observe-costs'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const nowMs = Date.UTC(2026, 10, 23, 15, 43, 30)
const hourMs = 3_600_000

describeOnDatabases('what costs have to alert on', (openDb) => {
  it('is the last hour, today, and what has no price, with its requests', async () => {
    const db = await openDb()
    const usd = (dollars: number) => String(BigInt(dollars) * 10n ** 12n)
    const nameless = { model: 'model-x', deploymentId: 'dep_x', costPicoUsd: null }
    await bookInto(db, [
      aRecord('req_1', { startedAtMs: nowMs - hourMs / 2, costPicoUsd: usd(3) }),
      aRecord('req_2', { startedAtMs: nowMs - 2 * hourMs, costPicoUsd: usd(4) }),
      aRecord('req_3', { startedAtMs: nowMs - 20 * hourMs, costPicoUsd: usd(5) }),
      aRecord('req_4', { startedAtMs: nowMs - 2000, ...nameless }),
      aRecord('req_5', { startedAtMs: nowMs - 1000, ...nameless }),
      aRecord('req_6', { startedAtMs: nowMs - 30 * hourMs, ...nameless }),
    ])
    expect(await observeCosts(db, () => builtInPrices)(nowMs)).toMatchObject([
      { metric: 'cost.hour_usd', value: 3, unit: 'USD' },
      { metric: 'cost.day_usd', value: 7, unit: 'USD' },
      {
        metric: 'cost.unpriced_requests',
        labels: { deployment: 'dep_x', model: 'model-x' },
        value: 2,
        requestIds: ['req_5', 'req_4'],
      },
    ])
  })
})
