import { expect, it } from 'vitest'
import type { RouteReason } from '#lib/gateway/route-plan'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const chain: RouteReason = { deploymentId: 'a', code: 'tier_chain', text: 'first' }
const cached = (cache: RouteReason['cache'], savedPicoUsd?: string): RouteReason => ({
  deploymentId: null,
  code: 'cache',
  text: 'x',
  ...(cache ? { cache } : {}),
  ...(savedPicoUsd ? { savedPicoUsd } : {}),
})

describeOnDatabases('the hours of the answer cache', (openDb) => {
  it('count every row of a cached route once, with what was saved, and no other row', async () => {
    const db = await openDb()
    const records = [
      aRecord('req_1', { planReasons: [chain, cached('hit', '9007199254740993')] }),
      aRecord('req_2', { planReasons: [chain, cached('hit', '7')] }),
      aRecord('req_3', { planReasons: [chain, cached('hit')] }),
      aRecord('req_4', { planReasons: [chain, cached('miss')] }),
      aRecord('req_5', { planReasons: [chain] }),
      aRecord('req_6', { accountId: 'acc_2', planReasons: [cached('bypass')] }),
    ]
    await bookInto(db, records)
    await bookInto(db, records.slice(0, 4))
    const { rows } = await db.pool.query(
      'SELECT account_id, result, requests::int, saved_pico_usd::text FROM answer_cache_hours ORDER BY 1, 2',
    )
    expect(rows).toEqual([
      { account_id: 'acc_1', result: 'hit', requests: 3, saved_pico_usd: '9007199254741000' },
      { account_id: 'acc_1', result: 'miss', requests: 1, saved_pico_usd: '0' },
      { account_id: 'acc_2', result: 'bypass', requests: 1, saved_pico_usd: '0' },
    ])
  })
})
