import Anthropic, { APIError } from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asRecord } from '#lib/gateway/json-fields'
import { translateAnthropicRequest } from '#lib/gateway/translate-anthropic-request'
import { createAnthropicClient } from '#server/gateway/providers/anthropic-client'
import { createTransport, type Transport } from '#server/gateway/providers/http-transport'
import { type ChatFrame, type Provider, ProviderError } from '#server/gateway/providers/provider'
import { type Simulator, startSimulator } from '#server/simulator/start-simulator'
import { type ChatScenario, chatScenarios, faultKinds, plainQuestion } from '#tests/upstreams/chat-scenarios'
import { chatCall, embedCall, failureOf, readStream } from '#tests/upstreams/provider-call'

const model = 'claude-sonnet-5'
const createdMs = 1_700_000_000_500
let simulator: Simulator
let transport: Transport
let sdk: Anthropic
let ours: Provider

beforeAll(async () => {
  simulator = await startSimulator({
    tls: false,
    latency: { firstTokenMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY },
  })
  transport = createTransport({ connectTimeoutMs: 5_000 })
  sdk = new Anthropic({ baseURL: simulator.url, apiKey: 'key-of-the-test', maxRetries: 0 })
  ours = createAnthropicClient({ apiKey: 'key-of-the-test', transport, now: () => createdMs })
})

afterAll(async () => {
  await transport.close()
  await simulator.close()
})

/** The same request as our adapter sends, for the SDK: on the wire it is the same JSON. */
function sdkBody(body: ChatScenario): Anthropic.MessageCreateParamsNonStreaming {
  const input = { body: { ...body, model: 'premium' }, model, stream: false, version: '2026-10-21' } as const
  const translation = translateAnthropicRequest(input)
  if (translation.kind === 'refused') throw new Error(translation.message)
  return JSON.parse(JSON.stringify(translation.request))
}

function call(body: ChatScenario) {
  return chatCall({
    endpoint: simulator.url,
    body: { ...body, model: 'premium' },
    target: { provider: 'anthropic', deployment: model },
  })
}

interface Understood {
  text: string
  tools: { name: string; input: unknown }[]
  stop: string | null
  inputTokens: number
  outputTokens: number
}

function understood(message: Anthropic.Message): Understood {
  const { usage } = message
  return {
    text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    tools: message.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [],
    ),
    stop: message.stop_reason,
    inputTokens:
      usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    outputTokens: usage.output_tokens,
  }
}

const finishReasons: Record<string, string> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
}

const scenarios = Object.entries(chatScenarios).filter(([, body]) => !('n' in body))

describe('Anthropic', () => {
  it.each(scenarios)('answers %s as the SDK understands it', async (_scenario, body) => {
    const theirs = understood(await sdk.messages.create(sdkBody(body)))
    const answer = await ours.chat(call(body))
    const completion = JSON.parse(answer.text)
    const [choice] = completion.choices
    expect(completion).toMatchObject({ object: 'chat.completion', created: 1_700_000_000, model })
    expect(choice.message.content ?? '').toBe(theirs.text)
    expect((choice.message.tool_calls ?? []).map(toolOf)).toEqual(theirs.tools)
    expect(choice.finish_reason).toBe(finishReasons[theirs.stop ?? ''])
    expect(answer.finishReason).toBe(choice.finish_reason)
    expect(answer.usage).toMatchObject({ inputTokens: theirs.inputTokens, outputTokens: theirs.outputTokens })
  })

  it.each(scenarios)('streams %s as the SDK understands it', async (_scenario, body) => {
    const theirs = understood(await sdk.messages.stream(sdkBody(body)).finalMessage())
    const { frames, failure } = await readStream(ours, call(body))
    expect(failure).toBeNull()
    const whole = assemble(frames)
    expect(whole.text).toBe(theirs.text)
    expect(whole.tools.map(toolOf)).toEqual(theirs.tools)
    expect(frames.flatMap((frame) => frame.finishReason ?? [])).toEqual([finishReasons[theirs.stop ?? '']])
    expect(frames.at(-1)).toMatchObject({
      usageOnly: true,
      usage: { inputTokens: theirs.inputTokens, outputTokens: theirs.outputTokens },
    })
  })

  it.each(faultKinds)('sees the error of %s as the SDK does', async (kind) => {
    const body = plainQuestion
    simulator.setFault({ deployment: model, kind, expiresAtMs: Date.now() + 60_000 })
    try {
      const theirs = await sdkError(sdk.messages.create(sdkBody(body)))
      expect(theirs).not.toBeNull()
      expect(await ourError(ours.chat(call(body)))).toEqual(theirs)
      expect(await ourError(ours.chatStream(call(body)))).toEqual(theirs)
    } finally {
      simulator.clearFault(model)
    }
  })

  it.each([
    ['cut', 'cut_stream'],
    ['end_early', 'cut_stream'],
    ['error_in_stream', 'stream_error'],
  ] as const)('tells a stream with the fault %s', async (kind, expected) => {
    simulator.setFault({ deployment: model, kind, afterTokens: 3, expiresAtMs: Date.now() + 60_000 })
    const { failure, text } = await readStream(ours, call(plainQuestion))
    simulator.clearFault(model)
    expect(failure?.kind).toBe(expected)
    expect(text).not.toBe('')
  })

  it('takes a stream with a malformed event that completes', async () => {
    simulator.setFault({ deployment: model, kind: 'malformed_event', expiresAtMs: Date.now() + 60_000 })
    const { failure, frames } = await readStream(ours, call(plainQuestion))
    simulator.clearFault(model)
    expect(failure).toBeNull()
    expect(frames.at(-1)?.usage).not.toBeNull()
  })

  it('sends the key as the version wants it, and says what a request lost', async () => {
    const notes: (readonly string[])[] = []
    const old = createAnthropicClient({
      apiKey: 'key-of-the-test',
      transport,
      now: () => createdMs,
      version: '2023-06-01',
      onNotes: (_requestId, list) => notes.push(list),
    })
    const plain = call(plainQuestion)
    const answer = await old.chat({ ...plain, body: { ...plain.body, temperature: 0.5, seed: 4 } })
    expect(answer.finishReason).toBe('stop')
    expect(notes).toEqual([['dropped "seed"']])
  })

  it('refuses what it cannot do', async () => {
    expect(await failureOf(ours.chat(call({ ...plainQuestion, n: 2 })))).toMatchObject({
      kind: 'refused',
    })
    expect(await failureOf(ours.chatStream(call({ ...plainQuestion, n: 2 })))).toMatchObject({
      kind: 'refused',
    })
    expect(await failureOf(ours.embed(embedCall({ endpoint: simulator.url })))).toMatchObject({
      kind: 'refused',
    })
  })
})

function toolOf(call: { function: { name: string; arguments: string } }): { name: string; input: unknown } {
  return { name: call.function.name, input: JSON.parse(call.function.arguments) }
}

interface AssembledCall {
  function: { name: string; arguments: string }
}

/** Puts chunks together as a client of OpenAI's dialect does. */
function assemble(frames: readonly ChatFrame[]): { text: string; tools: AssembledCall[] } {
  const tools: AssembledCall[] = []
  let text = ''
  for (const { data } of frames) {
    for (const { delta } of JSON.parse(data).choices) {
      text += delta.content ?? ''
      for (const { index, function: part } of delta.tool_calls ?? []) {
        tools[index] ??= { function: { name: '', arguments: '' } }
        const call = tools[index]
        call.function.name += part.name ?? ''
        call.function.arguments += part.arguments ?? ''
      }
    }
  }
  return { text, tools }
}

async function sdkError(attempt: PromiseLike<unknown>): Promise<unknown> {
  try {
    await attempt
  } catch (error) {
    if (!(error instanceof APIError) || error.status === undefined) return 'connection'
    return { status: error.status, error: withoutId(error.error) }
  }
  return null
}

async function ourError(attempt: Promise<unknown>): Promise<unknown> {
  try {
    await attempt
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    if (error.evidence.kind !== 'http') return 'connection'
    return { status: error.evidence.status, error: withoutId(JSON.parse(error.evidence.body)) }
  }
  return null
}

function withoutId(body: unknown): unknown {
  const { request_id: _id, ...rest } = asRecord(body) ?? {}
  return rest
}
