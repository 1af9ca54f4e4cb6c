import { asItems, asRecord } from '#lib/gateway/json-fields'
import type { FinishReason } from '#lib/gateway/usage'

/** A whole answer in OpenAI's shape from what a stream said; only for answers of text alone. */
export function wholeAnswer(answer: {
  id: string
  model: string
  createdAtMs: number
  text: string
  finishReason: FinishReason | null
}): string {
  const message = { role: 'assistant', content: answer.text }
  return JSON.stringify({
    id: answer.id,
    object: 'chat.completion',
    created: Math.floor(answer.createdAtMs / 1000),
    model: answer.model,
    choices: [{ index: 0, message, finish_reason: answer.finishReason }],
  })
}

/** The events (JSON text, without `data: `) by which a whole answer is said again as a stream. */
export function answerAsChunks(text: string): string[] {
  const answer = asRecord(JSON.parse(text)) ?? {}
  const { id, created, model } = answer
  const chunk = (choice: Record<string, unknown>) =>
    JSON.stringify({ id, object: 'chat.completion.chunk', created, model, choices: [choice] })
  return asItems(answer.choices).flatMap((item) => {
    const choice = asRecord(item) ?? {}
    const { index } = choice
    const message = asRecord(choice.message) ?? {}
    const calls = asItems(message.tool_calls).map((call, at) => ({ index: at, ...asRecord(call) }))
    const delta = calls.length === 0 ? message : { ...message, tool_calls: calls }
    return [
      chunk({ index, delta, finish_reason: null }),
      chunk({ index, delta: {}, finish_reason: choice.finish_reason }),
    ]
  })
}
