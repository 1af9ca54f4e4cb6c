import type {} from '@azure/openai/types'
import OpenAI, { APIError, AzureOpenAI } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SimulatorFaultKind } from '#lib/contracts/simulator'
import { asRecord } from '#lib/gateway/json-fields'
import { createAzureOpenAIClient } from '#server/gateway/providers/azure-openai-client'
import { createTransport, type Transport } from '#server/gateway/providers/http-transport'
import { createOpenAIClient } from '#server/gateway/providers/openai-client'
import { type Provider, ProviderError } from '#server/gateway/providers/provider'
import { type Simulator, startSimulator } from '#server/simulator/start-simulator'
import {
  type ChatScenario,
  chatScenarios,
  faultKinds,
  longPrompt,
  plainQuestion,
} from '#tests/upstreams/chat-scenarios'
import { chatCall, embedCall, readStream } from '#tests/upstreams/provider-call'

const apiVersion = '2024-10-21'
const model = 'gpt-4o-test'
let simulator: Simulator
let transport: Transport

beforeAll(async () => {
  simulator = await startSimulator({
    tls: false,
    latency: { firstTokenMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY },
  })
  transport = createTransport({ connectTimeoutMs: 5_000 })
})

afterAll(async () => {
  await transport.close()
  await simulator.close()
})

interface Pair {
  sdk: OpenAI
  ours: Provider
  endpoint: string
}

const pairs: Record<string, () => Pair> = {
  'Azure OpenAI': () => ({
    sdk: new AzureOpenAI({ endpoint: simulator.url, apiKey: 'k', apiVersion, maxRetries: 0 }),
    ours: createAzureOpenAIClient({ credential: { kind: 'key', key: 'k' }, apiVersion, transport }),
    endpoint: simulator.url,
  }),
  'Azure OpenAI in a region': () => ({
    sdk: new AzureOpenAI({
      endpoint: `${simulator.url}/regions/westeurope`,
      apiKey: 'k',
      apiVersion,
      maxRetries: 0,
    }),
    ours: createAzureOpenAIClient({ credential: { kind: 'key', key: 'k' }, apiVersion, transport }),
    endpoint: `${simulator.url}/regions/westeurope`,
  }),
  OpenAI: () => ({
    sdk: new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'k', maxRetries: 0 }),
    ours: createOpenAIClient({ apiKey: 'k', transport }),
    endpoint: `${simulator.url}/v1`,
  }),
}

/** What differs from call to call by design: ids and times. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  const fields = asRecord(value)
  if (fields === null) return value
  const kept = Object.entries(fields).filter(
    ([name]) => name !== 'id' && name !== 'created' && name !== '_request_id',
  )
  return Object.fromEntries(kept.map(([name, field]) => [name, comparable(field)]))
}

/** The SDK's types know no loose bodies; on the wire they are the same JSON. */
function sdkBody(body: ChatScenario): OpenAI.ChatCompletionCreateParamsNonStreaming {
  return JSON.parse(JSON.stringify({ ...body, model }))
}

function call({ endpoint }: Pair, body: ChatScenario) {
  return chatCall({ endpoint, body: { ...body, model: 'premium' } })
}

async function sdkError(attempt: PromiseLike<unknown>): Promise<unknown> {
  try {
    await attempt
  } catch (error) {
    if (error instanceof APIError)
      return error.status === undefined ? 'connection' : { status: error.status, error: error.error ?? null }
    return 'connection'
  }
  return null
}

async function ourError(attempt: Promise<unknown>): Promise<unknown> {
  try {
    await attempt
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    if (error.evidence.kind !== 'http') return 'connection'
    const body: unknown = JSON.parse(error.evidence.body)
    return { status: error.evidence.status, error: asRecord(body)?.error ?? body }
  }
  return null
}

describe.each(Object.keys(pairs))('%s', (name) => {
  const pair = () => pairs[name]?.() ?? expect.unreachable()

  it.each(Object.entries(chatScenarios))('understands %s as the SDK does', async (_scenario, body) => {
    const { sdk, ours } = pair()
    await sdk.chat.completions.create(sdkBody(body))
    const theirs = await sdk.chat.completions.create(sdkBody(body))
    const answer = await ours.chat(call(pair(), body))
    expect(comparable(JSON.parse(answer.text))).toEqual(comparable(theirs))
    expect(answer.finishReason).toBe(theirs.choices[0]?.finish_reason)
    if (ours.name === 'azure-openai') {
      expect(JSON.parse(answer.text)).toMatchObject({
        prompt_filter_results: theirs.prompt_filter_results ?? expect.unreachable(),
        choices: theirs.choices.map(({ content_filter_results }) => ({ content_filter_results })),
      })
    }
    expect(answer.usage).toMatchObject({
      inputTokens: theirs.usage?.prompt_tokens,
      outputTokens: theirs.usage?.completion_tokens,
      cachedInputTokens: theirs.usage?.prompt_tokens_details?.cached_tokens ?? 0,
      reasoningTokens: theirs.usage?.completion_tokens_details?.reasoning_tokens ?? 0,
      source: 'provider',
    })
  })

  it.each(Object.entries(chatScenarios))(
    'understands the stream of %s as the SDK does',
    async (_scenario, body) => {
      const { sdk, ours } = pair()
      const stream_options = { include_usage: true }
      await sdk.chat.completions.create(sdkBody(body))
      const theirs: unknown[] = []
      for await (const chunk of await sdk.chat.completions.create({
        ...sdkBody(body),
        stream: true,
        stream_options,
      }))
        theirs.push(chunk)
      const stream = await ours.chatStream(call(pair(), body))
      const frames = []
      for await (const frame of stream.frames) frames.push(frame)
      expect(comparable(frames.map((frame) => JSON.parse(frame.data)))).toEqual(comparable(theirs))
      const whole = await ours.chat(call(pair(), body))
      expect(frames.at(-1)).toMatchObject({ usageOnly: true, usage: whole.usage })
      if ((body.n ?? 1) === 1) expect(frames.map((frame) => frame.text).join('')).toBe(whole.content)
      expect(stream.limits.remainingTokens).toEqual(expect.any(Number))
    },
  )

  it.each(faultKinds)('sees the error of %s as the SDK does', async (kind) => {
    const { sdk, ours } = pair()
    const body = plainQuestion
    const arm = (kind: SimulatorFaultKind) =>
      simulator.setFault({ deployment: model, kind, expiresAtMs: Date.now() + 60_000 })
    arm(kind)
    try {
      const theirs = await sdkError(sdk.chat.completions.create(sdkBody(body)))
      expect(theirs).not.toBeNull()
      expect(await ourError(ours.chat(call(pair(), body)))).toEqual(theirs)
      expect(await ourError(ours.chatStream(call(pair(), body)))).toEqual(theirs)
    } finally {
      simulator.clearFault(model)
    }
  })

  it.each(['float', 'base64'] as const)('embeds in %s as the SDK does', async (encoding_format) => {
    const { sdk, ours, endpoint } = pair()
    const input = ['good morning', 'good night']
    const theirs = await sdk.embeddings.create({
      model: 'text-embedding-ada-002',
      input,
      encoding_format: 'float',
    })
    const answer = await ours.embed(
      embedCall({
        endpoint,
        body: { model: 'e', input, encoding_format },
        target: { deployment: 'text-embedding-ada-002' },
      }),
    )
    const vectors = JSON.parse(answer.text).data.map((item: { embedding: number[] | string }) =>
      decode(item.embedding),
    )
    expect(vectors).toHaveLength(2)
    for (const [index, item] of theirs.data.entries()) expect(vectors[index]).toEqual(decode(item.embedding))
    expect(answer.usage?.inputTokens).toBe(theirs.usage.prompt_tokens)
  })
})

it.each([
  ['cut', { kind: 'cut_stream' }],
  ['end_early', { kind: 'cut_stream' }],
  ['error_in_stream', { kind: 'stream_error' }],
  ['stall', { kind: 'timeout', timer: 'idle' }],
  ['silent', { kind: 'timeout', timer: 'first_token' }],
  ['slow_first_token', { kind: 'timeout', timer: 'first_token' }],
  ['malformed_event', null],
  ['missing_done', null],
  ['content_filter_completion', null],
] as const)('a stream with the fault %s is told as %j', async (kind, expected) => {
  const { ours, endpoint } = pairs['Azure OpenAI']?.() ?? expect.unreachable()
  simulator.setFault({
    deployment: model,
    kind,
    afterTokens: 3,
    delayMs: 60_000,
    expiresAtMs: Date.now() + 60_000,
  })
  const timers = { firstTokenMs: 1_000, idleMs: 300 }
  const { failure, text, frames } = await readStream(
    ours,
    chatCall({ endpoint, body: { ...plainQuestion, model: 'premium' }, timers }),
  )
  simulator.clearFault(model)
  if (expected === null) {
    expect(failure).toBeNull()
    const reason = kind === 'content_filter_completion' ? 'content_filter' : 'stop'
    expect(frames.flatMap((frame) => frame.finishReason ?? [])).toEqual([reason])
    expect(frames.at(-1)?.usage).not.toBeNull()
  } else expect(failure).toMatchObject(expected)
  expect(text === '').toBe(kind === 'silent' || kind === 'slow_first_token')
})

it('prompt caching is counted as the SDK reports it', async () => {
  const { sdk, ours } = pairs['Azure OpenAI']?.() ?? expect.unreachable()
  const body = { messages: [{ role: 'user' as const, content: longPrompt }] }
  await sdk.chat.completions.create(sdkBody(body))
  const answer = await ours.chat(chatCall({ endpoint: simulator.url, body: { ...body, model: 'premium' } }))
  expect(answer.usage?.cachedInputTokens).toBeGreaterThanOrEqual(1024)
})

function decode(embedding: number[] | string): number[] {
  if (typeof embedding !== 'string') return [...Float32Array.from(embedding)]
  const bytes = Uint8Array.from(Buffer.from(embedding, 'base64'))
  return [...new Float32Array(bytes.buffer)]
}
