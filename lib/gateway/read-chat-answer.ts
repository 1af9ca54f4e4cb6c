import { asItems, asRecord, asText } from '#lib/gateway/json-fields'
import { readFinishReason, readUsage } from '#lib/gateway/read-usage'
import type { FinishReason, Usage } from '#lib/gateway/usage'

export interface ChatAnswerFacts {
  /** Concatenated text of the choices, refusals and tool-call arguments included. */
  content: string
  usage: Usage | null
  /** Of the first choice that states one. */
  finishReason: FinishReason | null
}

/** What the gateway needs from a chat answer in OpenAI's dialect; `null` when the value is no chat answer. */
export function readChatAnswer(value: unknown): ChatAnswerFacts | null {
  const answer = asRecord(value)
  if (answer === null || !Array.isArray(answer.choices)) return null
  const facts: ChatAnswerFacts = { content: '', usage: readUsage(answer.usage), finishReason: null }
  for (const item of answer.choices) {
    const choice = asRecord(item)
    facts.finishReason ??= readFinishReason(choice?.finish_reason)
    facts.content += messageText(asRecord(choice?.message))
  }
  return facts
}

function messageText(message: Record<string, unknown> | null): string {
  if (message === null) return ''
  const calls = [
    ...asItems(message.tool_calls).map((call) => asRecord(call)?.function),
    message.function_call,
  ]
  const called = calls.map((call) => asText(asRecord(call)?.name) + asText(asRecord(call)?.arguments))
  return asText(message.content) + asText(message.refusal) + called.join('')
}
