import { createAzure } from '@ai-sdk/azure'
import { createOpenAI } from '@ai-sdk/openai'
import { AzureChatOpenAI, AzureOpenAIEmbeddings, ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { embedMany, generateText, jsonSchema, Output, streamText, tool } from 'ai'
import { AzureOpenAI, OpenAI } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGateway, type TestGateway, testApiKey } from '#tests/support/start-gateway'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  for (const name of ['gpt-4-turbo-prod', 'gpt-4-standard-prod', 'gpt-35-turbo-prod']) {
    gateway.container.simulator?.setLatency(name, { firstTokenMs: 0, tokensPerSecond: 1e9, jitter: 0 })
  }
})
afterAll(() => gateway.close())

const messages = [{ role: 'user' as const, content: 'Hi! How was the trip to the coast?' }]
const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
}
const person = {
  type: 'object' as const,
  properties: { name: { type: 'string' as const }, age: { type: 'integer' as const } },
  required: ['name', 'age'],
  additionalProperties: false as const,
}

const clients = {
  OpenAI: () => new OpenAI({ apiKey: testApiKey, baseURL: `${gateway.url}/api/v1`, maxRetries: 0 }),
  AzureOpenAI: () =>
    new AzureOpenAI({
      apiKey: testApiKey,
      endpoint: `${gateway.url}/api/v1`,
      apiVersion: '2024-10-21',
      maxRetries: 0,
    }),
}

describe.each(Object.entries(clients))('unmodified openai: %s', (_name, connect) => {
  it('chats', async () => {
    const answer = await connect().chat.completions.create({ model: 'premium', messages })
    expect(answer.choices[0]?.message.content).toContain('[simulated]')
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(answer.usage?.total_tokens).toBeGreaterThan(0)
  })

  it('streams the same text, with usage when asked', async () => {
    const whole = await connect().chat.completions.create({ model: 'standard', messages })
    const stream = await connect().chat.completions.create({
      model: 'standard',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let usage: OpenAI.CompletionUsage | null | undefined = null
    let finish: string | null | undefined = null
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? ''
      finish = chunk.choices[0]?.finish_reason ?? finish
      usage = chunk.usage ?? usage
    }
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(finish).toBe('stop')
    expect(usage).toEqual(whole.usage)
  })

  it('calls tools', async () => {
    const answer = await connect().chat.completions.create({
      model: 'premium',
      messages,
      tools: [weather],
      tool_choice: 'required',
    })
    const call = answer.choices[0]?.message.tool_calls?.[0]
    expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toHaveProperty('city')
  })

  it('keeps to a JSON schema', async () => {
    const answer = await connect().chat.completions.create({
      model: 'premium',
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: person } },
    })
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({
      name: expect.any(String),
      age: expect.any(Number),
    })
  })

  it('embeds', async () => {
    const { data, usage } = await connect().embeddings.create({
      model: 'text-embedding-ada-002',
      input: ['one', 'two'],
    })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536])
    expect(usage.prompt_tokens).toBeGreaterThan(0)
  })

  it('raises typed errors', async () => {
    await expect(connect().chat.completions.create({ model: 'platinum', messages })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
  })
})

it('unmodified openai lists tiers and aliases', async () => {
  const list = await clients.OpenAI().models.list()
  expect(list.data.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['premium', 'standard', 'economy', 'gpt-4-turbo-prod', 'text-embedding-ada-002']),
  )
})

it('unmodified openai raises an authentication error for an unknown key', async () => {
  const client = new OpenAI({ apiKey: 'htz_unknown', baseURL: `${gateway.url}/api/v1`, maxRetries: 0 })
  await expect(client.chat.completions.create({ model: 'premium', messages })).rejects.toMatchObject({
    status: 401,
    code: 'invalid_api_key',
  })
})

const aiSdk = {
  '@ai-sdk/openai': () => {
    const provider = createOpenAI({ apiKey: testApiKey, baseURL: `${gateway.url}/api/v1` })
    return {
      chat: provider.chat('standard'),
      embedding: provider.embedding('text-embedding-ada-002'),
      unknown: provider.chat('platinum'),
    }
  },
  '@ai-sdk/azure': () => {
    const provider = createAzure({ apiKey: testApiKey, baseURL: `${gateway.url}/api/v1/openai/v1` })
    return {
      chat: provider.chat('standard'),
      embedding: provider.embedding('text-embedding-ada-002'),
      unknown: provider.chat('platinum'),
    }
  },
  '@ai-sdk/azure with deployment URLs': () => {
    const provider = createAzure({
      apiKey: testApiKey,
      baseURL: `${gateway.url}/api/v1/openai`,
      useDeploymentBasedUrls: true,
      apiVersion: '2024-10-21',
    })
    return {
      chat: provider.chat('standard'),
      embedding: provider.embedding('text-embedding-ada-002'),
      unknown: provider.chat('platinum'),
    }
  },
}

describe.each(Object.entries(aiSdk))('unmodified %s', (_name, connect) => {
  it('chats', async () => {
    const { text, usage, finishReason } = await generateText({
      model: connect().chat,
      messages,
      maxRetries: 0,
    })
    expect(text).toContain('[simulated]')
    expect(finishReason).toBe('stop')
    expect(usage.totalTokens).toBeGreaterThan(0)
  })

  it('streams', async () => {
    const result = streamText({ model: connect().chat, messages, maxRetries: 0 })
    let text = ''
    for await (const part of result.textStream) text += part
    expect(text).toContain('[simulated]')
    expect(await result.finishReason).toBe('stop')
  })

  it('calls tools', async () => {
    const result = await generateText({
      model: connect().chat,
      messages,
      maxRetries: 0,
      toolChoice: 'required',
      tools: {
        get_weather: tool({
          description: 'Weather of a city',
          inputSchema: jsonSchema<{ city: string }>(weather.function.parameters as object),
        }),
      },
    })
    expect(result.toolCalls[0]).toMatchObject({
      toolName: 'get_weather',
      input: { city: expect.any(String) },
    })
  })

  it('keeps to a JSON schema', async () => {
    const { output } = await generateText({
      model: connect().chat,
      messages,
      maxRetries: 0,
      output: Output.object({ schema: jsonSchema<{ name: string; age: number }>(person) }),
    })
    expect(output).toEqual({ name: expect.any(String), age: expect.any(Number) })
  })

  it('embeds', async () => {
    const { embeddings } = await embedMany({
      model: connect().embedding,
      values: ['one', 'two'],
      maxRetries: 0,
    })
    expect(embeddings.map(({ length }) => length)).toEqual([1536, 1536])
  })

  it('raises API errors', async () => {
    await expect(generateText({ model: connect().unknown, messages, maxRetries: 0 })).rejects.toMatchObject({
      statusCode: 404,
    })
  })
})

const langchain = {
  ChatOpenAI: () =>
    new ChatOpenAI({
      apiKey: testApiKey,
      model: 'standard',
      maxRetries: 0,
      configuration: { baseURL: `${gateway.url}/api/v1` },
    }),
  AzureChatOpenAI: () =>
    new AzureChatOpenAI({
      azureOpenAIApiKey: testApiKey,
      azureOpenAIApiDeploymentName: 'standard',
      model: 'standard',
      azureOpenAIApiVersion: '2024-10-21',
      azureOpenAIEndpoint: `${gateway.url}/api/v1`,
      maxRetries: 0,
    }),
}

describe.each(Object.entries(langchain))('unmodified @langchain/openai: %s', (_name, connect) => {
  it('chats', async () => {
    const answer = await connect().invoke('Hi! How was the trip?')
    expect(answer.text).toContain('[simulated]')
    expect(answer.usage_metadata?.total_tokens).toBeGreaterThan(0)
  })

  it('streams', async () => {
    let text = ''
    for await (const chunk of await connect().stream('Hi! How was the trip?')) text += chunk.text
    expect(text).toContain('[simulated]')
  })

  it('calls tools', async () => {
    const answer = await connect().bindTools([weather], { tool_choice: 'required' }).invoke('Weather?')
    expect(answer.tool_calls?.[0]).toMatchObject({ name: 'get_weather', args: { city: expect.any(String) } })
  })

  it('keeps to a JSON schema', async () => {
    const answer = await connect()
      .withStructuredOutput(person, { name: 'person', method: 'jsonSchema' })
      .invoke('Who?')
    expect(answer).toEqual({ name: expect.any(String), age: expect.any(Number) })
  })
})

it('unmodified @langchain/openai raises API errors', async () => {
  const model = new ChatOpenAI({
    apiKey: testApiKey,
    model: 'platinum',
    maxRetries: 0,
    configuration: { baseURL: `${gateway.url}/api/v1` },
  })
  await expect(model.invoke('hi')).rejects.toMatchObject({ status: 404 })
})

describe('unmodified @langchain/openai embeddings', () => {
  it('embeds by OpenAI', async () => {
    const embedder = new OpenAIEmbeddings({
      apiKey: testApiKey,
      model: 'text-embedding-ada-002',
      maxRetries: 0,
      configuration: { baseURL: `${gateway.url}/api/v1` },
    })
    expect((await embedder.embedQuery('one')).length).toBe(1536)
  })

  it('embeds by Azure', async () => {
    const embedder = new AzureOpenAIEmbeddings({
      azureOpenAIApiKey: testApiKey,
      azureOpenAIApiEmbeddingsDeploymentName: 'text-embedding-ada-002',
      azureOpenAIApiVersion: '2024-10-21',
      azureOpenAIBasePath: `${gateway.url}/api/v1/openai/deployments`,
      maxRetries: 0,
    })
    expect((await embedder.embedQuery('one')).length).toBe(1536)
  })
})
