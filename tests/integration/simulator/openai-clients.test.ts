import type OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { launchSimulator } from '#tests/integration/simulator/running-simulator'

const running = launchSimulator()

const CLIENTS: [string, () => OpenAI][] = [
  ['AzureOpenAI over http', () => running.azure()],
  ['AzureOpenAI over https', () => running.azure({ secure: true })],
  ['AzureOpenAI of a region', () => running.azure({ region: 'westeurope' })],
  ['OpenAI on Azure v1 over http', () => running.azureV1()],
  ['OpenAI on Azure v1 over https', () => running.azureV1({ secure: true })],
  ['OpenAI over http', () => running.openai()],
  ['OpenAI over https', () => running.openai({ secure: true })],
]
const model = 'gpt-4-turbo-prod'
const hello: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello! How was the beach? 🏖️' }]
const weather: OpenAI.ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 7 } },
      required: ['city', 'days'],
      additionalProperties: false,
    },
  },
}
const forecast = z.strictObject({ city: z.string(), days: z.int().min(1).max(7) })

async function collect(client: OpenAI, body: Omit<OpenAI.ChatCompletionCreateParamsStreaming, 'stream'>) {
  const chunks: OpenAI.ChatCompletionChunk[] = []
  for await (const chunk of await client.chat.completions.create({ ...body, stream: true }))
    chunks.push(chunk)
  const text = (index: number) =>
    chunks
      .flatMap((chunk) => chunk.choices)
      .filter((choice) => choice.index === index)
      .map((choice) => choice.delta.content ?? '')
      .join('')
  return { chunks, text }
}

describe.each(CLIENTS)('%s', (_name, client) => {
  it('completes a chat, the same streamed and not', async () => {
    const whole = await client().chat.completions.create({ model, messages: hello })
    expect(whole.choices[0]?.message.content).toMatch(/^\[simulated\] .*How was the beach\?/)
    expect(whole).toMatchObject({ model: 'gpt-4-turbo-2024-04-09', system_fingerprint: 'fp_simulated' })
    expect(whole.choices[0]?.finish_reason).toBe('stop')
    const { chunks, text } = await collect(client(), {
      model,
      messages: hello,
      stream_options: { include_usage: true },
    })
    expect(text(0)).toBe(whole.choices[0]?.message.content)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
  })

  it('embeds in base64, as the SDK asks, and in floats', async () => {
    const ask = { model: 'text-embedding-ada-002', input: ['good morning', 'hi there'] }
    const byDefault = await client().embeddings.create(ask)
    const floats = await client().embeddings.create({ ...ask, encoding_format: 'float' })
    expect(byDefault.data.map(({ embedding }) => embedding.length)).toEqual([1_536, 1_536])
    for (const [index, { embedding }] of byDefault.data.entries()) {
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 4)
      floats.data[index]?.embedding.forEach((value, at) => {
        expect(value).toBeCloseTo(embedding[at] ?? Number.NaN, 6)
      })
    }
  })

  it('calls a tool, streamed and not, and answers its result', async () => {
    const ask = {
      model,
      messages: [{ role: 'user' as const, content: 'What is the weather in Oslo?' }],
      tools: [weather],
    }
    const whole = await client().chat.completions.create(ask)
    const [call] = whole.choices[0]?.message.tool_calls ?? []
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls')
    if (call?.type !== 'function') throw new Error('expected a function call')
    forecast.parse(JSON.parse(call.function.arguments))
    const { chunks } = await collect(client(), ask)
    const deltas = chunks.flatMap((chunk) => chunk.choices).flatMap((choice) => choice.delta.tool_calls ?? [])
    expect(deltas.map((delta) => delta.function?.arguments ?? '').join('')).toBe(call.function.arguments)
    expect(deltas[0]).toMatchObject({ index: 0, id: call.id, function: { name: 'get_weather' } })
    const answered = await client().chat.completions.create({
      ...ask,
      messages: [
        ...ask.messages,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: call.id, content: 'light rain, 9 °C' },
      ],
    })
    expect(answered.choices[0]?.message.content).toContain('light rain, 9 °C')
  })

  it('answers in JSON and by JSON schema', async () => {
    const plain = await client().chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Answer as json please' }],
      response_format: { type: 'json_object' },
    })
    expect(JSON.parse(plain.choices[0]?.message.content ?? '')).toMatchObject({ simulated: true })
    const schema = z.strictObject({
      mood: z.enum(['happy', 'sad']),
      score: z.number().min(0).max(1),
      tags: z.array(z.string()),
    })
    const shaped = await client().chat.completions.create({
      model,
      messages: hello,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'mood', strict: true, schema: z.toJSONSchema(schema) },
      },
    })
    schema.parse(JSON.parse(shaped.choices[0]?.message.content ?? ''))
  })
})

describe('chat completions', () => {
  it('obeys n, stop and max_tokens', async () => {
    const several = await running.openai().chat.completions.create({ model, messages: hello, n: 3 })
    expect(new Set(several.choices.map((choice) => choice.message.content)).size).toBe(3)
    const streamed = await collect(running.azure(), { model, messages: hello, n: 3 })
    expect([0, 1, 2].map(streamed.text)).toEqual(several.choices.map((choice) => choice.message.content))
    const stopped = await running
      .openai()
      .chat.completions.create({ model, messages: hello, stop: ['beach', 'How'] })
    expect(stopped.choices[0]?.message.content).not.toContain('beach')
    expect(stopped.choices[0]?.message.content).not.toContain('How')
    expect(stopped.choices[0]?.finish_reason).toBe('stop')
    const cut = await running.openai().chat.completions.create({ model, messages: hello, max_tokens: 7 })
    expect(cut.choices[0]?.finish_reason).toBe('length')
    expect(cut.usage?.completion_tokens).toBe(7)
  })

  it('finishes a named tool with stop, as providers do', async () => {
    const named = await running.azure().chat.completions.create({
      model,
      messages: hello,
      tools: [weather],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    })
    expect(named.choices[0]?.finish_reason).toBe('stop')
    expect(named.choices[0]?.message.tool_calls).toHaveLength(1)
  })

  it('counts and mentions images', async () => {
    const ask = (detail: 'low' | 'high') =>
      running.openai().chat.completions.create({
        model,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Look' },
              { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail } },
            ],
          },
        ],
      })
    const [low, high] = [await ask('low'), await ask('high')]
    expect((high.usage?.prompt_tokens ?? 0) - (low.usage?.prompt_tokens ?? 0)).toBe(765 - 85)
    expect(low.choices[0]?.message.content).toContain('the image you sent')
  })

  it('reports cached tokens for a repeated long prefix of modern models only', async () => {
    const prompt = 'A creator writes to a fan about the sea. '.repeat(200)
    const ask = async (name: string, tail: string) => {
      const messages = [{ role: 'user' as const, content: `${prompt}${tail}` }]
      const { usage } = await running.azure().chat.completions.create({ model: name, messages })
      return usage?.prompt_tokens_details?.cached_tokens ?? -1
    }
    expect(await ask('gpt-4o', 'one')).toBe(0)
    const cached = await ask('gpt-4o', 'two')
    expect(cached).toBeGreaterThanOrEqual(1_024)
    expect((cached - 1_024) % 128).toBe(0)
    await ask('gpt-4-turbo-prod', 'one')
    expect(await ask('gpt-4-turbo-prod', 'two')).toBe(0)
  })

  it('spends reasoning tokens on reasoning models and refuses their unsupported parameters', async () => {
    const ask = { model: 'gpt-5', messages: hello }
    const { usage } = await running.openai().chat.completions.create(ask)
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0)
    expect(usage?.completion_tokens).toBeGreaterThan(usage?.completion_tokens_details?.reasoning_tokens ?? 0)
    const refused = running.openai().chat.completions.create({ ...ask, max_tokens: 10 })
    await expect(refused).rejects.toMatchObject({
      status: 400,
      param: 'max_tokens',
      code: 'unsupported_parameter',
    })
    const starved = await running.openai().chat.completions.create({ ...ask, max_completion_tokens: 8 })
    expect(starved.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } })
    expect(starved.usage?.completion_tokens).toBe(8)
  })

  it('lists models', async () => {
    for (const client of [running.openai(), running.azureV1()]) {
      const names = []
      for await (const { id } of client.models.list()) names.push(id)
      expect(names).toContain('gpt-4-turbo')
    }
  })

  it.each([
    [
      'a prompt longer than the context',
      { model: 'gpt-4', messages: [{ role: 'user' as const, content: 'word '.repeat(9_000) }] },
      { code: 'context_length_exceeded' },
    ],
    [
      'more output than the model writes',
      { model, messages: hello, max_tokens: 4_097 },
      { param: 'max_tokens' },
    ],
    ['no message', { model, messages: [] }, { param: 'messages' }],
    [
      'images for a model without vision',
      {
        model: 'gpt-35-turbo',
        messages: [
          {
            role: 'user' as const,
            content: [{ type: 'image_url' as const, image_url: { url: 'https://example.com/a.png' } }],
          },
        ],
      },
      { param: 'messages' },
    ],
    [
      'an orphaned tool result',
      { model, messages: [{ role: 'tool' as const, tool_call_id: 'x', content: 'y' }] },
      { param: 'messages[0].role' },
    ],
    [
      'json mode without the word',
      { model, messages: hello, response_format: { type: 'json_object' as const } },
      { param: 'messages' },
    ],
    [
      'a schema nothing satisfies',
      {
        model,
        messages: hello,
        response_format: {
          type: 'json_schema' as const,
          json_schema: { name: 'x', schema: { type: 'nonsense' } },
        },
      },
      { code: 'invalid_json_schema' },
    ],
    [
      'an embedding model',
      { model: 'text-embedding-ada-002', messages: hello },
      { code: 'OperationNotSupported' },
    ],
  ])('refuses %s', async (_name, body, expected) => {
    await expect(running.azure().chat.completions.create(body)).rejects.toMatchObject({
      status: 400,
      ...expected,
    })
  })
})
