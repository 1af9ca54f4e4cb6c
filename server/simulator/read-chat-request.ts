import type { ModelProfile } from '#lib/simulator/infer-model-profile'
import type { AnswerBrief, OfferedTool } from '#lib/simulator/plan-answer'
import type { ChatMessage, ChatRequest } from '#server/simulator/chat-request'
import { type PromptPart, toolParts } from '#server/simulator/encode-prompt'
import { badRequest } from '#server/simulator/wire-error'

const MESSAGE_OVERHEAD = 3
const REPLY_OVERHEAD = 3

function textOf(content: ChatMessage['content']): string {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

function contentParts(content: ChatMessage['content']): PromptPart[] {
  if (content === null || content === undefined) return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  return content.map((part) =>
    part.type === 'text'
      ? { kind: 'text', text: part.text }
      : { kind: 'image', source: part.image_url.url, detail: part.image_url.detail ?? 'auto' },
  )
}

function messageParts(message: ChatMessage): PromptPart[] {
  const parts: PromptPart[] = [
    { kind: 'overhead', tokens: MESSAGE_OVERHEAD },
    { kind: 'text', text: message.role },
    ...contentParts(message.content),
  ]
  if ('name' in message && typeof message.name === 'string') {
    parts.push({ kind: 'text', text: message.name }, { kind: 'overhead', tokens: 1 })
  }
  if (message.role === 'assistant') {
    for (const call of message.tool_calls ?? []) {
      parts.push({ kind: 'text', text: `${call.function.name}${call.function.arguments}` })
    }
  }
  return parts
}

function offeredTools(request: ChatRequest): OfferedTool[] {
  return (request.tools ?? []).map(({ function: { name, description, parameters } }) => ({
    name,
    description: description ?? '',
    parameters,
  }))
}

function imagesIn(message: ChatMessage | undefined): number {
  const content = message?.content
  return Array.isArray(content) ? content.filter((part) => part.type === 'image_url').length : 0
}

function toolChoiceOf({ tool_choice: choice, tools }: ChatRequest): AnswerBrief['toolChoice'] {
  if (choice === null || choice === undefined) return 'auto'
  if (typeof choice === 'string') {
    if (choice === 'required' && !tools?.length)
      throw badRequest("'tool_choice' needs 'tools'.", 'tool_choice')
    return choice
  }
  const { name } = choice.function
  if (tools?.some((tool) => tool.function.name === name)) return { name }
  throw badRequest(`'tool_choice' names ${name}, which is not among 'tools'.`, 'tool_choice')
}

function formatOf({ response_format: format, messages }: ChatRequest): AnswerBrief['format'] {
  if (format?.type === 'json_schema')
    return { kind: 'json_schema', schema: format.json_schema.schema ?? { type: 'object' } }
  if (format?.type !== 'json_object') return { kind: 'text' }
  if (!messages.some((message) => /json/i.test(textOf(message.content)))) {
    throw badRequest(
      "'messages' has to contain the word 'json' when the response format is json_object.",
      'messages',
    )
  }
  return { kind: 'json_object' }
}

/** What the answer depends on. Throws a WireError (400) on contradictory parameters. */
export function briefOf(request: ChatRequest): AnswerBrief {
  const { messages } = request
  const lastUser = messages.findLast((message) => message.role === 'user')
  const last = messages.at(-1)
  return {
    userText: textOf(lastUser?.content),
    images: imagesIn(lastUser),
    toolResult: last?.role === 'tool' ? textOf(last.content) : null,
    tools: offeredTools(request),
    toolChoice: toolChoiceOf(request),
    parallelToolCalls: request.parallel_tool_calls ?? true,
    format: formatOf(request),
  }
}

/** The prompt with the overhead of the chat format, for counting and caching. Tools come first, as in a prefix. */
export function promptPartsOf(request: ChatRequest): PromptPart[] {
  return [
    ...toolParts(offeredTools(request)),
    ...request.messages.flatMap(messageParts),
    { kind: 'overhead', tokens: REPLY_OVERHEAD },
  ]
}

/** Characters of text in the prompt, on which Azure bases its admission estimate. */
export function promptCharacters(parts: readonly PromptPart[]): number {
  return parts.reduce((sum, part) => sum + (part.kind === 'text' ? part.text.length : 0), 0)
}

function refuse(param: string, message: string): never {
  throw badRequest(message, param, 'unsupported_parameter')
}

/** Refuses what the real model refuses: images, or parameters of the other generation. Throws a WireError (400). */
export function requireSupported(request: ChatRequest, profile: ModelProfile): void {
  const { model } = profile
  if (profile.kind !== 'chat') {
    throw badRequest(
      `The chatCompletion operation does not work with the model ${model}.`,
      null,
      'OperationNotSupported',
    )
  }
  if (!profile.vision && request.messages.some((message) => imagesIn(message) > 0)) {
    throw badRequest(`${model} does not accept images.`, 'messages', 'invalid_value')
  }
  if (!profile.reasoning) return
  if (typeof request.max_tokens === 'number') {
    refuse('max_tokens', `'max_tokens' is not supported with ${model}. Use 'max_completion_tokens' instead.`)
  }
  if (typeof request.temperature === 'number' && request.temperature !== 1) {
    refuse('temperature', `${model} supports only the default temperature, 1.`)
  }
}
