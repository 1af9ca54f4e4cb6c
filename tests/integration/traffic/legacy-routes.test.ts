import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trafficSwitches } from '#schema/traffic'
import { bumpConfiguration } from '#server/config/configuration-version'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'

/** The built-in catalog over the simulator, all traffic thrown back. */
let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  const { db, configuration } = gateway.container
  await db.orm.transaction(async (tx) => {
    await tx.insert(trafficSwitches).values({
      id: 'tsw_1',
      scopeKind: 'all',
      via: 'api',
      thrownAt: new Date(),
      thrownBy: 'usr_1',
      reason: 'a rehearsal',
      thrownVersion: 1,
    })
    await bumpConfiguration(tx)
  })
  await configuration.check()
})
afterAll(() => gateway.close())

const tool = {
  type: 'function',
  function: {
    name: 'look_up_fan',
    description: 'Finds a fan by name',
    parameters: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  },
}
const schema = {
  type: 'object',
  properties: { mood: { type: 'string', enum: ['glad', 'sad'] } },
  required: ['mood'],
  additionalProperties: false,
}
const features: Readonly<Record<string, object>> = {
  parameters: { max_tokens: 60, temperature: 0.2, top_p: 0.9, stop: ['END'], seed: 7, user: 'fan-1' },
  tools: { tools: [tool], tool_choice: { type: 'function', function: { name: 'look_up_fan' } } },
  schema: {
    response_format: { type: 'json_schema', json_schema: { name: 'mood', strict: true, schema } },
  },
}
const messages = [
  { role: 'system', content: 'You are kind.' },
  { role: 'user', content: 'Say hello to Ada.' },
]
const post = (model: string, body: object) =>
  gateway.post('/api/v1/chat/completions', { model, messages, ...body })

/** What an answer of each kind must hold. */
function expectAnswer(feature: string, message: { content: string | null; tool_calls?: unknown }): void {
  if (feature === 'schema') expect(['glad', 'sad']).toContain(JSON.parse(message.content ?? '').mood)
  else if (feature === 'tools')
    expect(message.tool_calls).toMatchObject([
      { type: 'function', function: { name: 'look_up_fan', arguments: expect.stringContaining('{') } },
    ])
  else expect(message.content?.length).toBeGreaterThan(0)
}

const routes = [
  ['premium', 'openai', 'openai-gpt-4-turbo'],
  ['standard', 'openai', 'openai-gpt-4'],
  ['economy', 'openai', 'openai-gpt-35-turbo'],
  ['anthropic-claude-sonnet', 'anthropic', 'anthropic-claude-sonnet'],
] as const

describe.each(routes)('%s on its way back', (model, provider, deployment) => {
  it.each(Object.entries(features))('serves %s', async (feature, body) => {
    const response = await post(model, body)
    expect([
      response.status,
      response.headers.get('x-huntaze-provider'),
      response.headers.get('x-huntaze-deployment'),
    ]).toEqual([200, provider, deployment])
    const answer = await response.json()
    expectAnswer(feature, answer.choices[0].message)
    expect(answer.usage.total_tokens).toBeGreaterThan(0)
    expect(Number(response.headers.get('x-huntaze-cost-usd'))).toBeGreaterThan(0)
  })

  it('streams, with usage where the caller asks for it', async () => {
    const response = await post(model, { stream: true, stream_options: { include_usage: true } })
    expect([response.status, response.headers.get('x-huntaze-provider')]).toEqual([200, provider])
    const text = await response.text()
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
    const events = text
      .split('\n\n')
      .filter((event) => event.startsWith('data: {'))
      .map((event) => JSON.parse(event.slice(6)))
    expect(events.some(({ choices }) => choices[0]?.delta?.content)).toBe(true)
    expect(events.some(({ choices }) => choices[0]?.finish_reason === 'stop')).toBe(true)
    expect(events.find(({ usage }) => usage)?.usage.total_tokens).toBeGreaterThan(0)
  })
})

it('Anthropic takes over a tier whose OpenAI model fails, and the rows say why', async () => {
  const { breakers } = gateway.container.gateway
  await breakers.isolate({
    deploymentId: 'openai-gpt-4-turbo',
    actorId: 'usr_1',
    reason: 'a rehearsal',
    untilMs: null,
  })
  const response = await post('premium', features.parameters ?? {})
  await response.text()
  expect([response.status, response.headers.get('x-huntaze-deployment')]).toEqual([
    200,
    'anthropic-claude-sonnet',
  ])
  const id = response.headers.get('x-request-id')
  const read = async () => {
    const { rows } = await gateway.container.db.pool.query(
      'SELECT tier, provider, plan_reasons FROM ledger_entries WHERE id = $1',
      [id],
    )
    return rows[0]
  }
  await expect.poll(read, { timeout: 30_000 }).toMatchObject({ tier: 'premium', provider: 'anthropic' })
  expect((await read()).plan_reasons).toContainEqual({
    deploymentId: null,
    code: 'rollback',
    text: 'a switch moved all traffic back to the legacy providers (tsw_1)',
  })
})
