import { describe, expect, it } from 'vitest'
import { asRecord } from '#lib/gateway/json-fields'
import {
  readAnthropicUsage,
  translateAnthropicAnswer,
  translateStopReason,
} from '#lib/gateway/translate-anthropic-answer'
import {
  endAnthropicStream,
  startAnthropicStream,
  type TranslatedFrame,
  translateAnthropicEvent,
} from '#lib/gateway/translate-anthropic-stream'

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x-20261001',
  content: [
    { type: 'thinking', thinking: 'hm', signature: 's' },
    { type: 'text', text: 'Let me look. ' },
    { type: 'tool_use', id: 'toolu_1', name: 'price', input: { of: 'photo' } },
    { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
  ],
  stop_reason: 'tool_use',
  usage: {
    input_tokens: 10,
    cache_read_input_tokens: 1024,
    cache_creation_input_tokens: 6,
    output_tokens: 40,
    output_tokens_details: { thinking_tokens: 12 },
  },
}

/** The same answer as Anthropic streams it. */
const events = [
  {
    type: 'message_start',
    message: {
      ...message,
      content: [],
      usage: { ...message.usage, output_tokens: 1, output_tokens_details: null },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
  { type: 'ping' },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 's' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Let me ' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'look. ' } },
  { type: 'content_block_stop', index: 1 },
  {
    type: 'content_block_start',
    index: 2,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'price', input: {} },
  },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"of":' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '"photo"}' } },
  { type: 'content_block_stop', index: 2 },
  {
    type: 'content_block_start',
    index: 3,
    content_block: { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
  },
  { type: 'content_block_stop', index: 3 },
  { type: 'something_new', value: 1 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: {
      input_tokens: null,
      cache_read_input_tokens: null,
      output_tokens: 40,
      output_tokens_details: { thinking_tokens: 12 },
    },
  },
  { type: 'message_stop' },
]

function stream(list: readonly Record<string, unknown>[]): TranslatedFrame[] {
  let state = startAnthropicStream(1_700_000_000)
  const frames: TranslatedFrame[] = []
  for (const event of list) {
    const step = translateAnthropicEvent(state, event)
    if (step.kind === 'error') throw new Error(step.error.message)
    state = step.state
    frames.push(...step.frames)
  }
  return frames
}

const usage = {
  inputTokens: 1040,
  cachedInputTokens: 1024,
  cacheWriteTokens: 6,
  outputTokens: 40,
  reasoningTokens: 12,
  source: 'provider',
}

describe('whole answers', () => {
  it('become chat completions', () => {
    const answer = translateAnthropicAnswer(message, 1_700_000_000)
    expect(answer).toMatchObject({
      content: 'Let me look. price{"of":"photo"}now{}',
      finishReason: 'tool_calls',
      usage,
    })
    expect(JSON.parse(answer?.text ?? '')).toEqual({
      id: 'msg_1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'claude-x-20261001',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Let me look. ',
            refusal: null,
            tool_calls: [
              { id: 'toolu_1', type: 'function', function: { name: 'price', arguments: '{"of":"photo"}' } },
              { id: 'toolu_2', type: 'function', function: { name: 'now', arguments: '{}' } },
            ],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 1040,
        completion_tokens: 40,
        total_tokens: 1080,
        prompt_tokens_details: { cached_tokens: 1024, cache_write_tokens: 6 },
        completion_tokens_details: { reasoning_tokens: 12 },
      },
    })
  })

  it('carry a refusal’s explanation', () => {
    const refused = {
      ...message,
      content: [],
      stop_reason: 'refusal',
      stop_details: { explanation: 'Not this.' },
    }
    const body = JSON.parse(translateAnthropicAnswer(refused, 1)?.text ?? '')
    expect(body.choices[0]).toMatchObject({
      message: { content: '', refusal: 'Not this.' },
      finish_reason: 'content_filter',
    })
  })

  it.each([null, [], {}, { type: 'error' }, { type: 'message' }])('%j is none', (value) => {
    expect(translateAnthropicAnswer(value, 1)).toBeNull()
  })

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['to_come', 'stop'],
    [null, null],
  ])('stop reason %s is %s', (value, expected) => {
    expect(translateStopReason(value)).toBe(expected)
  })

  it.each([
    undefined,
    {},
    { input_tokens: 1 },
    { input_tokens: -1, output_tokens: 1 },
    { input_tokens: 1, output_tokens: 0.5 },
  ])('usage %j is none', (value) => {
    expect(readAnthropicUsage(value)).toBeNull()
  })
})

describe('streams', () => {
  it('become chunks that add up to the whole answer', () => {
    const frames = stream(events)
    const chunks = frames.map((frame) => JSON.parse(frame.data))
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({
        id: 'msg_1',
        object: 'chat.completion.chunk',
        created: 1_700_000_000,
        model: 'claude-x-20261001',
      })
    }
    const deltas = chunks.flatMap((chunk) =>
      chunk.choices.map((choice: { delta: unknown }) => asRecord(choice.delta)),
    )
    expect(deltas[0]).toEqual({ role: 'assistant', content: '', refusal: null })
    expect(deltas.map((delta) => delta?.content ?? '').join('')).toBe('Let me look. ')
    expect(deltas.flatMap((delta) => (delta?.tool_calls as unknown[]) ?? [])).toEqual([
      { index: 0, id: 'toolu_1', type: 'function', function: { name: 'price', arguments: '' } },
      { index: 0, function: { arguments: '{"of":' } },
      { index: 0, function: { arguments: '"photo"}' } },
      { index: 1, id: 'toolu_2', type: 'function', function: { name: 'now', arguments: '' } },
      { index: 1, function: { arguments: '{}' } },
    ])
    expect(frames.map((frame) => frame.text).join('')).toBe(translateAnthropicAnswer(message, 1)?.content)
    expect(frames.flatMap((frame) => frame.finishReason ?? [])).toEqual(['tool_calls'])
    expect(frames[0]?.content).toBe(false)
    expect(frames.at(-1)).toMatchObject({ usageOnly: true, usage, finishReason: null })
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 1040, completion_tokens: 40 },
    })
  })

  it('hand out the usage once, also when the last event is missing', () => {
    const withoutStop = stream(events.slice(0, -1))
    expect(withoutStop.some((frame) => frame.usageOnly)).toBe(false)
    let state = startAnthropicStream(1)
    for (const event of events) {
      const step = translateAnthropicEvent(state, event)
      if (step.kind === 'frames') state = step.state
    }
    const end = endAnthropicStream(state)
    expect(end.kind === 'frames' && end.frames).toEqual([])
  })

  it('tell an error in the stream', () => {
    const step = translateAnthropicEvent(startAnthropicStream(1), {
      type: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
    })
    expect(step).toEqual({
      kind: 'error',
      error: { message: 'Overloaded', type: 'overloaded_error', param: null, code: null },
    })
  })
})
