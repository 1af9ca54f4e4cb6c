import { afterAll, beforeAll, expect, it } from 'vitest'
import { answerCacheView } from '#lib/contracts/answer-cache'
import { purgeAnswers } from '#server/gateway/cache/purge-answers'
import { readAnswerCache } from '#server/gateway/cache/read-answer-cache'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

let upstream: ScriptedUpstream
let gateway: TestGateway
const body = { model: 'premium', messages: [{ role: 'user', content: 'Hello?' }], temperature: 0 }
const actor = { id: 'usr_1', name: 'Ann', email: null, role: 'operator', via: 'session' } as const
const ask = async () => (await gateway.post('/api/v1/chat/completions', body)).headers.get('x-huntaze-cache')
const purge = (accountId: string | null) =>
  purgeAnswers(gateway.container, { accountId, actor, reason: 'wrong price', requestId: 'req_purge' })

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  upstream.respond([{ kind: 'json', body: answerBody }])
  gateway = await startGateway({ catalog: chainCatalog([upstream.url]) })
  const rules = [{ model: 'premium', operation: null, ttlSeconds: 600, maxTemperature: 0 }]
  await gateway.container.settings.update(
    { answerCache: { rules, maxMegabytes: 1, warmUpMaxUsd: 1 } },
    { actorId: 'usr_1', atMs: 1 },
  )
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

it('purging throws away the kept answers of the account or of all, and is audited with its reason', async () => {
  expect([await ask(), await ask()]).toEqual(['miss', 'hit'])
  expect(await purge('acc_of_somebody_else')).toEqual({ purged: 0 })
  expect(await ask()).toBe('hit')
  const accounts = async () => {
    const { rows } = await gateway.container.db.pool.query('SELECT DISTINCT account_id FROM ledger_entries')
    return rows.map(({ account_id }) => account_id)
  }
  await expect.poll(accounts, { timeout: 10_000 }).toHaveLength(1)
  expect(await purge((await accounts())[0])).toEqual({ purged: 1 })
  expect([await ask(), await ask()]).toEqual(['miss', 'hit'])
  expect(await purge(null)).toEqual({ purged: 1 })
  expect(await ask()).toBe('miss')
  const audit = await gateway.container.db.pool.query(
    `SELECT resource, reason FROM audit_entries WHERE action = 'answer_cache.purge' ORDER BY resource DESC LIMIT 1`,
  )
  expect(audit.rows).toEqual([{ resource: 'answer_cache/all', reason: 'wrong price' }])
})

it('the view adds up to the ledger: hits, misses, the hit rate, and what was saved to the last digit', async () => {
  await gateway.container.ledger.caughtUp()
  const view = answerCacheView.parse(await readAnswerCache(gateway.container))
  expect(view).toMatchObject({ store: 'memory', hits: 3, misses: 3, hitRatio: 0.5, size: { entries: 1 } })
  const { rows } = await gateway.container.db.pool.query(
    `SELECT sum((reason->>'savedPicoUsd')::numeric)::text AS saved FROM ledger_entries
     CROSS JOIN LATERAL jsonb_array_elements(plan_reasons) AS reason`,
  )
  expect(Number(view.savedUsd) * 1e12).toBe(Number(rows[0].saved))
})
