import { afterAll, beforeAll, expect, it } from 'vitest'
import { testCallView } from '#lib/contracts/resilience'
import { chainCatalog, startGateway, type TestGateway, testAdminKey } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'
import { POST } from '../../../app/api/admin/deployments/[id]/test/route'

let upstreams: ScriptedUpstream[]
let gateway: TestGateway
beforeAll(async () => {
  upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
  const urls = upstreams.map(({ url }) => url)
  gateway = await startGateway({ catalog: chainCatalog(urls, { attemptTimeoutMs: 300 }) })
})
afterAll(async () => {
  await gateway.close()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
})
async function post(id: string, key = testAdminKey): Promise<Response> {
  const request = new Request(`${gateway.url}/api/admin/deployments/${id}/test`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
  })
  return POST(request, { params: Promise.resolve({ id }) })
}

/** What the call answered, and how often each upstream was asked for it. */
async function test(id: string) {
  const before = upstreams.map(({ requests }) => requests.length)
  const answer = await post(id)
  expect(answer.status).toBe(200)
  const asked = upstreams.map(({ requests }, index) => requests.length - (before[index] ?? 0))
  return { ...testCallView.parse(await answer.json()), asked }
}

async function ledgerRow(requestId: string) {
  await gateway.container.ledger.caughtUp()
  const { rows } = await gateway.container.db.pool.query(
    'SELECT account_id, operation, deployment_id, outcome, attempts FROM ledger_entries WHERE id = $1',
    [requestId],
  )
  return rows[0]
}

it('asks exactly the deployment, and is in the ledger of the console as `test`', async () => {
  upstreams[1]?.respond([{ kind: 'json', body: answerBody }])
  const result = await test('b')
  expect(result).toMatchObject({ ok: true, failure: null, asked: [0, 1] })
  expect(result.text).toBe(answerBody.choices[0]?.message.content)
  expect(JSON.parse(upstreams[1]?.requests.at(-1)?.body ?? '')).toMatchObject({ max_tokens: 16 })
  expect(await ledgerRow(result.requestId)).toMatchObject({
    account_id: 'acc_console',
    operation: 'test',
    deployment_id: 'b',
    outcome: 'success',
  })
})

it('tells of a failure after one try, without asking anybody else', async () => {
  upstreams[0]?.respond([{ kind: 'json', status: 503, body: { error: { message: 'down for a while' } } }])
  const result = await test('a')
  expect(result).toMatchObject({ ok: false, text: null, failure: { class: 'server_error', status: 503 } })
  expect(result.failure?.message).toContain('down for a while')
  expect(result.asked).toEqual([1, 0])
  expect(await ledgerRow(result.requestId)).toMatchObject({ operation: 'test', outcome: 'error' })
})

it('waits no longer than the tier allows', async () => {
  upstreams[0]?.respond([{ kind: 'never' }])
  expect(await test('a')).toMatchObject({ ok: false, failure: { class: 'attempt_timeout', status: null } })
})

it('goes past an isolation, which stays', async () => {
  upstreams[0]?.respond([{ kind: 'json', body: answerBody }])
  const { breakers } = gateway.container.gateway
  const action = { deploymentId: 'a', actorId: 'usr_test', reason: 'rehearsal' }
  await breakers.isolate({ ...action, untilMs: null })
  expect(await test('a')).toMatchObject({ ok: true })
  expect(breakers.describe('a').map(({ phase }) => phase)).toContain('isolated')
  await breakers.release(action)
})

it('asks an embedding deployment for an embedding', async () => {
  const embedding = { object: 'embedding', index: 0, embedding: [0.1, 0.2] }
  const usage = { prompt_tokens: 6, total_tokens: 6 }
  upstreams[0]?.respond([{ kind: 'json', body: { object: 'list', model: 'ada', data: [embedding], usage } }])
  expect(await test('embed')).toMatchObject({ ok: true, text: null })
  expect(upstreams[0]?.requests.at(-1)?.path).toContain('/embeddings')
})

it('refuses an unknown deployment and callers who are nobody', async () => {
  const unknown = await post('nowhere')
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'not_found' }])
  expect((await post('a', 'no-such-key-0123456789')).status).toBe(401)
})
