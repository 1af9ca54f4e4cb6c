import type { ChatRequestBody } from '#lib/contracts/openai'
import { asRecord, asText, asTextOrNull } from '#lib/gateway/json-fields'
import { type AnthropicMessage, translateMessages } from '#lib/gateway/translate-anthropic-messages'
import { translateToolChoice, translateTools } from '#lib/gateway/translate-anthropic-tools'

/** API versions this translation knows: since 2026-10-21 sampling parameters are refused by Anthropic. */
export type AnthropicVersion = '2023-06-01' | '2026-10-21'

/** The body of `POST /v1/messages`, as far as we use it. */
export interface AnthropicRequest {
  model: string
  max_tokens: number
  messages: readonly AnthropicMessage[]
  system?: string
  stop_sequences?: readonly string[]
  stream?: true
  temperature?: number
  top_p?: number
  tools?: readonly object[]
  tool_choice?: object
  output_config?: { effort?: string; format?: object }
  metadata?: { user_id: string }
}

export type AnthropicTranslation =
  | {
      kind: 'request'
      request: AnthropicRequest /** What was dropped or changed, in plain words. */
      notes: string[]
    }
  | { kind: 'refused'; message: string }

export interface AnthropicTranslationInput {
  body: ChatRequestBody
  model: string
  stream: boolean
  version: AnthropicVersion
}

/** Anthropic demands a limit; OpenAI's dialect does not. */
const defaultMaxTokens = 4096

/** Fields that would change what the answer is, so that dropping them would deceive the caller. */
const refusedFields = [
  'audio',
  'data_sources',
  'function_call',
  'functions',
  'prediction',
  'web_search_options',
]

/** Fields that only tune or annotate the answer: dropped with a note when they are set. */
const droppedFields = [
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'presence_penalty',
  'prompt_cache_key',
  'seed',
  'service_tier',
  'store',
  'top_logprobs',
  'verbosity',
]

/**
 * Translates a chat request of OpenAI's dialect for Anthropic's Messages API. System and developer messages become
 * `system`; `json_schema` becomes Anthropic's own structured output (`output_config.format`), `json_object` an
 * instruction; a missing limit becomes 4,096 tokens. What cannot be expressed is dropped with a note where it only
 * tunes the answer, and refused where it would change what the answer is (`n` above 1, audio, files).
 * Source: Anthropic Messages API, versions 2023-06-01 and 2026-10-21.
 */
export function translateAnthropicRequest(input: AnthropicTranslationInput): AnthropicTranslation {
  const { body, model, stream } = input
  const refusal = refusalOf(body)
  if (refusal !== null) return { kind: 'refused', message: refusal }
  const conversation = translateMessages(body.messages)
  if (conversation.kind === 'refused') return conversation
  const tools = translateTools(body.tools ?? [])
  if (tools.kind === 'refused') return tools
  const choice = translateToolChoice(body)
  if (choice.kind === 'refused') return choice
  const notes = [...conversation.notes, ...droppedNotes(body)]
  const request: AnthropicRequest = {
    model,
    max_tokens: body.max_completion_tokens ?? body.max_tokens ?? defaultMaxTokens,
    messages: conversation.messages,
    ...systemOf(conversation.system, body),
    ...stopOf(body, notes),
    ...samplingOf(input, notes),
    ...outputOf(body, notes),
    ...userOf(body),
  }
  if (tools.tools.length > 0) request.tools = tools.tools
  if (tools.tools.length > 0 && choice.choice !== null) request.tool_choice = choice.choice
  if (stream) request.stream = true
  return { kind: 'request', request, notes }
}

function refusalOf(body: ChatRequestBody): string | null {
  if ((body.n ?? 1) > 1) return 'Anthropic gives one choice per request: n must be 1.'
  const field = refusedFields.find((name) => isSet(body[name]))
  if (field !== undefined) return `Anthropic has nothing like "${field}".`
  const modalities = body.modalities
  if (Array.isArray(modalities) && modalities.some((one) => one !== 'text'))
    return 'Anthropic answers in text only.'
  if (
    body.response_format?.type === 'json_schema' &&
    asRecord(body.response_format.json_schema?.schema) === null
  ) {
    return 'response_format.json_schema needs a schema.'
  }
  return null
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0
}

function droppedNotes(body: ChatRequestBody): string[] {
  return droppedFields.filter((name) => isSet(body[name])).map((name) => `dropped "${name}"`)
}

const jsonInstruction = 'Answer with one valid JSON object and nothing else: no prose, no code fence.'

function systemOf(system: string, { response_format }: ChatRequestBody): { system?: string } {
  const parts = response_format?.type === 'json_object' ? [system, jsonInstruction] : [system]
  const text = parts.filter((part) => part !== '').join('\n\n')
  return text === '' ? {} : { system: text }
}

function stopOf({ stop }: ChatRequestBody, notes: string[]): { stop_sequences?: string[] } {
  const all = typeof stop === 'string' ? [stop] : (stop ?? [])
  const usable = all.filter((sequence) => sequence.trim() !== '')
  if (usable.length < all.length) notes.push('dropped stop sequences of white space only')
  return usable.length === 0 ? {} : { stop_sequences: usable }
}

type Sampling = Pick<AnthropicRequest, 'temperature' | 'top_p'>

function samplingOf({ body, version }: AnthropicTranslationInput, notes: string[]): Sampling {
  const { temperature, top_p } = body
  if (version !== '2023-06-01') {
    if (typeof temperature === 'number') notes.push('dropped "temperature"')
    if (typeof top_p === 'number') notes.push('dropped "top_p"')
    return {}
  }
  if (typeof temperature !== 'number') return typeof top_p === 'number' ? { top_p } : {}
  if (temperature > 1) notes.push('lowered "temperature" to 1')
  if (typeof top_p === 'number') notes.push('dropped "top_p" beside "temperature"')
  return { temperature: Math.min(1, temperature) }
}

const efforts: Readonly<Record<string, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
}

function outputOf(body: ChatRequestBody, notes: string[]): Pick<AnthropicRequest, 'output_config'> {
  const wanted = asTextOrNull(body.reasoning_effort)
  const effort = wanted === null ? undefined : efforts[wanted]
  if (wanted !== null && effort !== wanted)
    notes.push(`changed "reasoning_effort" to ${effort ?? 'the default'}`)
  const schema =
    body.response_format?.type === 'json_schema' ? body.response_format.json_schema?.schema : undefined
  if (effort === undefined && schema === undefined) return {}
  return {
    output_config: {
      ...(effort === undefined ? {} : { effort }),
      ...(schema === undefined ? {} : { format: { type: 'json_schema', schema } }),
    },
  }
}

function userOf(body: ChatRequestBody): Pick<AnthropicRequest, 'metadata'> {
  const user = asText(body.safety_identifier) || asText(body.user)
  return user === '' ? {} : { metadata: { user_id: user } }
}
