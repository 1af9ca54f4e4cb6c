import type { ProviderErrorBody } from '#lib/gateway/failure'
import { asRecord, asText } from '#lib/gateway/json-fields'
import { readErrorBody } from '#lib/gateway/read-error-body'
import {
  readAnthropicUsage,
  toOpenAIUsage,
  translateStopReason,
} from '#lib/gateway/translate-anthropic-answer'
import type { FinishReason, Usage } from '#lib/gateway/usage'

/** What a stream has said so far; start with `startAnthropicStream`. */
export interface AnthropicStreamState {
  readonly createdS: number
  readonly id: string
  readonly model: string
  /** Anthropic's cumulative counts, later ones over earlier ones. */
  readonly counts: Readonly<Record<string, unknown>>
  /** Tool calls begun; the one under way has the index `toolCalls - 1`. */
  readonly toolCalls: number
  /** Has the block under way asked for a tool without any argument yet? */
  readonly awaitsArguments: boolean
  readonly finished: boolean
  /** The usage has been handed out: nothing more is expected. */
  readonly over: boolean
}

/** One event in OpenAI's dialect; the fields are those of a chat frame. */
export interface TranslatedFrame {
  data: string
  content: boolean
  text: string
  finishReason: FinishReason | null
  usage: Usage | null
  usageOnly: boolean
}

export type AnthropicStep =
  | { kind: 'frames'; state: AnthropicStreamState; frames: TranslatedFrame[] }
  | { kind: 'error'; error: ProviderErrorBody }

/** The state before the first event; `createdS` is in seconds since 1970. */
export function startAnthropicStream(createdS: number): AnthropicStreamState {
  return {
    createdS,
    id: '',
    model: '',
    counts: {},
    toolCalls: 0,
    awaitsArguments: false,
    finished: false,
    over: false,
  }
}

type Event = Record<string, unknown>

/** Translates the JSON of one event of Anthropic's Messages stream; unknown kinds (and `ping`) give no frames. */
export function translateAnthropicEvent(state: AnthropicStreamState, event: Event): AnthropicStep {
  switch (event.type) {
    case 'message_start':
      return onStart(state, asRecord(event.message) ?? {})
    case 'content_block_start':
      return onBlockStart(state, asRecord(event.content_block) ?? {})
    case 'content_block_delta':
      return onDelta(state, asRecord(event.delta) ?? {})
    case 'content_block_stop':
      return state.awaitsArguments ? emitArguments(state, '{}') : step(state, [])
    case 'message_delta':
      return onMessageDelta(state, event)
    case 'message_stop':
      return state.over ? step(state, []) : endAnthropicStream(state)
    case 'error':
      return { kind: 'error', error: readErrorBody(event.error) }
    default:
      return step(state, [])
  }
}

/** The usage frame of a stream that ends, unless it was handed out or nothing was counted. */
export function endAnthropicStream(state: AnthropicStreamState): AnthropicStep {
  const usage = readAnthropicUsage(state.counts)
  const over = { ...state, over: true }
  if (state.over || usage === null) return step(over, [])
  const data = JSON.stringify({ ...envelope(state), choices: [], usage: toOpenAIUsage(usage) })
  return step(over, [{ data, content: false, text: '', finishReason: null, usage, usageOnly: true }])
}

function onStart(before: AnthropicStreamState, message: Record<string, unknown>): AnthropicStep {
  const state = {
    ...before,
    id: asText(message.id),
    model: asText(message.model),
    counts: asRecord(message.usage) ?? {},
  }
  return step(state, [frame({ state, delta: { role: 'assistant', content: '', refusal: null }, text: '' })])
}

function onBlockStart(state: AnthropicStreamState, block: Record<string, unknown>): AnthropicStep {
  if (block.type === 'text') return emitText(state, asText(block.text))
  if (block.type !== 'tool_use') return step(state, [])
  const called = { name: asText(block.name), arguments: '' }
  const call = { index: state.toolCalls, id: asText(block.id), type: 'function', function: called }
  const next = { ...state, toolCalls: state.toolCalls + 1, awaitsArguments: true }
  return step(next, [frame({ state, delta: { tool_calls: [call] }, text: called.name })])
}

function onDelta(state: AnthropicStreamState, delta: Record<string, unknown>): AnthropicStep {
  if (delta.type === 'text_delta') return emitText(state, asText(delta.text))
  if (delta.type === 'input_json_delta') return emitArguments(state, asText(delta.partial_json))
  return step(state, [])
}

function emitText(state: AnthropicStreamState, text: string): AnthropicStep {
  return step(state, text === '' ? [] : [frame({ state, delta: { content: text }, text })])
}

function emitArguments(state: AnthropicStreamState, text: string): AnthropicStep {
  if (text === '' || state.toolCalls === 0) return step(state, [])
  const call = { index: state.toolCalls - 1, function: { arguments: text } }
  const next = state.awaitsArguments ? { ...state, awaitsArguments: false } : state
  return step(next, [frame({ state, delta: { tool_calls: [call] }, text })])
}

function onMessageDelta(before: AnthropicStreamState, event: Event): AnthropicStep {
  const said = Object.entries(asRecord(event.usage) ?? {}).filter(([, value]) => value !== null)
  const finishReason = translateStopReason(asRecord(event.delta)?.stop_reason)
  const counts = { ...before.counts, ...Object.fromEntries(said) }
  const state = { ...before, counts, finished: before.finished || finishReason !== null }
  if (finishReason === null) return step(state, [])
  return step(state, [frame({ state, delta: {}, text: '', finishReason })])
}

function step(state: AnthropicStreamState, frames: TranslatedFrame[]): AnthropicStep {
  return { kind: 'frames', state, frames }
}

function envelope({ id, createdS, model }: AnthropicStreamState): object {
  return { id, object: 'chat.completion.chunk', created: createdS, model }
}

interface FrameInput {
  state: AnthropicStreamState
  delta: object
  text: string
  finishReason?: FinishReason
}

function frame({ state, delta, text, finishReason }: FrameInput): TranslatedFrame {
  const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason ?? null }
  const data = JSON.stringify({ ...envelope(state), choices: [choice] })
  return {
    data,
    content: text !== '',
    text,
    finishReason: finishReason ?? null,
    usage: null,
    usageOnly: false,
  }
}
