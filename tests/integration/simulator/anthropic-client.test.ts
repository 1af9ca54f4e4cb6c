import type Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { launchSimulator } from '#tests/integration/simulator/running-simulator'

const running = launchSimulator()
const model = 'claude-sonnet-5'
const ask: Anthropic.MessageCreateParamsNonStreaming = {
  model,
  max_tokens: 500,
  messages: [{ role: 'user', content: 'Hello! How was the beach?' }],
}
const weather: Anthropic.Tool = {
  name: 'get_weather',
  description: 'Weather of a city',
  input_schema: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 7 } },
    required: ['city', 'days'],
  },
}
const forecast = z.object({ city: z.string(), days: z.int().min(1).max(7) })

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

describe.each([
  ['http', false],
  ['https', true],
])('Anthropic SDK over %s', (_name, secure) => {
  it('gets the same message streamed and not', async () => {
    const client = running.anthropic({ secure })
    const whole = await client.messages.create(ask)
    expect(textOf(whole)).toMatch(/^\[simulated\] .*How was the beach\?/)
    expect(whole).toMatchObject({
      type: 'message',
      role: 'assistant',
      model,
      stop_reason: 'end_turn',
      stop_sequence: null,
    })
    const streamed = await client.messages.stream(ask).finalMessage()
    expect(textOf(streamed)).toBe(textOf(whole))
    expect(streamed.usage).toEqual(whole.usage)
    expect(streamed.stop_reason).toBe('end_turn')
  })

  it('uses tools, streamed and not, and answers their result', async () => {
    const client = running.anthropic({ secure })
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'What is the weather in Oslo?' }]
    const whole = await client.messages.create({ ...ask, messages, tools: [weather] })
    const call = whole.content.find((block) => block.type === 'tool_use')
    if (call === undefined) throw new Error('expected a tool call')
    expect(whole.stop_reason).toBe('tool_use')
    forecast.parse(call.input)
    const streamed = await client.messages.stream({ ...ask, messages, tools: [weather] }).finalMessage()
    expect(streamed.content).toEqual(whole.content)
    const answered = await client.messages.create({
      ...ask,
      tools: [weather],
      messages: [
        ...messages,
        { role: 'assistant', content: whole.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: call.id, content: 'light rain, 9 °C' }],
        },
      ],
    })
    expect(textOf(answered)).toContain('light rain, 9 °C')
  })
})

describe('messages', () => {
  it('obey tool_choice, stop_sequences and max_tokens', async () => {
    const client = running.anthropic()
    const forced = await client.messages.create({
      ...ask,
      tools: [weather],
      tool_choice: { type: 'tool', name: 'get_weather' },
    })
    expect(forced.content).toMatchObject([{ type: 'tool_use', name: 'get_weather' }])
    const any = await client.messages.create({ ...ask, tools: [weather], tool_choice: { type: 'any' } })
    expect(any.stop_reason).toBe('tool_use')
    const stopped = await client.messages.create({ ...ask, stop_sequences: ['beach'] })
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'beach' })
    const cut = await client.messages.create({ ...ask, max_tokens: 5 })
    expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } })
  })

  it('follow a JSON schema', async () => {
    const schema = z.strictObject({ mood: z.enum(['happy', 'sad']) })
    const shaped = await running.anthropic().messages.create({
      ...ask,
      output_config: { format: { type: 'json_schema', schema: z.toJSONSchema(schema) } },
    })
    schema.parse(JSON.parse(textOf(shaped)))
  })

  it('count images', async () => {
    const content: Anthropic.ContentBlockParam[] = [
      { type: 'text', text: 'Look' },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    ]
    const seen = await running.anthropic().messages.create({ ...ask, messages: [{ role: 'user', content }] })
    expect(textOf(seen)).toContain('the image you sent')
    expect(seen.usage.input_tokens).toBeGreaterThan(765)
  })

  it('write the marked prefix to the cache once, then read it, and leave it out of input_tokens', async () => {
    const client = running.anthropic()
    const system: Anthropic.TextBlockParam[] = [
      { type: 'text', text: 'You answer for a creator. '.repeat(300), cache_control: { type: 'ephemeral' } },
    ]
    const first = await client.messages.create({ ...ask, system })
    const second = await client.messages.create({
      ...ask,
      system,
      messages: [{ role: 'user', content: 'Something else' }],
    })
    expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(1_024)
    expect(first.usage.cache_read_input_tokens).toBe(0)
    expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens)
    expect(second.usage.input_tokens).toBeLessThan(50)
    const plain = await client.messages.create(ask)
    expect(plain.usage).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 0 })
  })

  it('accept the key as x-api-key too, and refuse none', async () => {
    const send = (headers: Record<string, string>) =>
      fetch(`${running.base()}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(ask) })
    expect((await send({ 'x-api-key': 'k', 'anthropic-version': '2023-06-01' })).status).toBe(200)
    const refused = await send({})
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({
      type: 'error',
      error: { type: 'authentication_error' },
      request_id: refused.headers.get('request-id'),
    })
  })

  it.each([
    ['no max_tokens', { ...ask, max_tokens: 0 }],
    ['a bad role', { ...ask, messages: [{ role: 'system', content: 'x' }] }],
    ['an unknown block', { ...ask, messages: [{ role: 'user', content: [{ type: 'smell' }] }] }],
  ])('refuse %s', async (_name, body) => {
    const response = await fetch(`${running.base()}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'k' },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  })

  it.each([
    ['server_error', { status: 529 }, { status: 529, type: 'overloaded_error' }],
    ['rate_limited', { retryAfterMs: 1_500 }, { status: 429, type: 'rate_limit_error' }],
    ['unauthorized', {}, { status: 401, type: 'authentication_error' }],
    ['forbidden', {}, { status: 403, type: 'permission_error' }],
    ['retired', {}, { status: 404, type: 'not_found_error' }],
    ['context_length', {}, { status: 400, type: 'invalid_request_error' }],
    ['content_filter', {}, { status: 400, type: 'invalid_request_error' }],
  ] as const)('show the fault %s', async (kind, change, expected) => {
    running.fault({ deployment: 'provider:anthropic', kind, count: 1, ...change })
    await expect(running.anthropic().messages.create(ask)).rejects.toMatchObject(expected)
  })

  it('refuse, break off and err mid-stream as scripted', async () => {
    const client = running.anthropic()
    running.fault({ deployment: model, kind: 'content_filter_completion', count: 1, afterTokens: 3 })
    expect(await client.messages.create(ask)).toMatchObject({
      stop_reason: 'refusal',
      usage: { output_tokens: 3 },
    })
    running.fault({ deployment: model, kind: 'error_in_stream', count: 1 })
    await expect(client.messages.stream(ask).finalMessage()).rejects.toMatchObject({
      type: 'overloaded_error',
    })
    running.fault({ deployment: model, kind: 'cut', count: 1 })
    await expect(client.messages.stream(ask).finalMessage()).rejects.toThrow()
    running.fault({ deployment: model, kind: 'end_early', count: 1 })
    await expect(client.messages.stream(ask).finalMessage()).rejects.toThrow()
  })
})
