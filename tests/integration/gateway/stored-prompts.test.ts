import { afterAll, beforeAll, expect, it } from 'vitest'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

let upstream: ScriptedUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startScriptedUpstream()
  gateway = await startGateway({ catalog: chainCatalog([upstream.url]) })
  const message = { role: 'assistant', content: 'Write to me@example.com' }
  upstream.respond([
    { kind: 'json', body: { ...answerBody, choices: [{ index: 0, message, finish_reason: 'stop' }] } },
  ])
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

async function storedTexts() {
  const messages = [{ role: 'user', content: 'I am fan@example.com, call 0170 1234567' }]
  const response = await gateway.post('/api/v1/chat/completions', { model: 'premium', messages })
  expect(await response.text()).toContain('me@example.com')
  expect(upstream.requests.at(-1)?.body).toContain('fan@example.com')
  await gateway.container.ledger.caughtUp()
  const id = response.headers.get('x-request-id')
  const { rows } = await gateway.container.db.pool.query(
    'SELECT prompt_text, answer_text FROM ledger_entries WHERE id = $1',
    [id],
  )
  return rows[0]
}

it('are kept only while that is switched on, and then redacted', async () => {
  const who = { actorId: 'usr_test', atMs: Date.now() }
  expect(await storedTexts()).toEqual({ prompt_text: null, answer_text: null })
  await gateway.container.settings.update({ storePrompts: true }, who)
  expect(await storedTexts()).toEqual({
    prompt_text: '[{"role":"user","content":"I am [email], call [phone]"}]',
    answer_text: 'Write to [email]',
  })
  await gateway.container.settings.update({ storePrompts: false }, who)
  expect(await storedTexts()).toEqual({ prompt_text: null, answer_text: null })
})
