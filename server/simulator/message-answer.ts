import type { Finish, GeneratedCall, GeneratedChoice } from '#server/simulator/generate-answer'
import type { AnswerFrames } from '#server/simulator/stream-answer'

/** Token counts as Anthropic reports them: `inputTokens` excludes what was read from or written to the cache. */
interface MessageUsage {
  inputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  outputTokens: number
}

/** A generated message with what its envelope needs. */
export interface MessageAnswer {
  id: string
  model: string
  choice: GeneratedChoice
  usage: MessageUsage
}

const STOP_REASONS: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
}

function usageBody(usage: MessageUsage, outputTokens: number): Record<string, unknown> {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    service_tier: 'standard',
  }
}

/** A call cut short by `max_tokens` has no complete input; the API then shows what could be read: nothing. */
function inputOf({ argumentsText }: GeneratedCall, finish: Finish): unknown {
  return finish === 'length' ? {} : JSON.parse(argumentsText)
}

function contentOf({ content, calls, finish }: GeneratedChoice): unknown[] {
  if (content !== null) return [{ type: 'text', text: content }]
  return calls.map((call) => ({
    type: 'tool_use',
    id: `toolu_${call.id}`,
    name: call.name,
    input: inputOf(call, finish),
  }))
}

/** The body of a message that does not stream. */
export function messageBody({ id, model, choice, usage }: MessageAnswer): unknown {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: contentOf(choice),
    stop_reason: STOP_REASONS[choice.finish],
    stop_sequence: choice.stopSequence,
    usage: usageBody(usage, usage.outputTokens),
  }
}

function event(type: string, data: Record<string, unknown> = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}

function* contentEvents({ content, fragments, calls }: GeneratedChoice): Generator<string> {
  if (content !== null) {
    for (const text of fragments())
      yield event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
    return
  }
  for (const [index, call] of calls.entries()) {
    const block = { type: 'tool_use', id: `toolu_${call.id}`, name: call.name, input: {} }
    yield event('content_block_start', { index, content_block: block })
    for (const text of call.fragments()) {
      yield event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: text } })
    }
    yield event('content_block_stop', { index })
  }
}

/** The events of a streamed message. */
export function messageFrames({ id, model, choice, usage }: MessageAnswer): AnswerFrames {
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usageBody(usage, 1),
  }
  const isText = choice.content !== null
  const textStart = event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
  const delta = { stop_reason: STOP_REASONS[choice.finish], stop_sequence: choice.stopSequence }
  const ended = event('message_delta', { delta, usage: usageBody(usage, usage.outputTokens) })
  return {
    opening: [event('message_start', { message }), event('ping'), ...(isText ? [textStart] : [])],
    content: contentEvents(choice),
    closing: isText ? [event('content_block_stop', { index: 0 }), ended] : [ended],
    done: event('message_stop'),
    malformed: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":\n\n',
    error: event('error', { error: { type: 'overloaded_error', message: '[simulated] Overloaded' } }),
  }
}
