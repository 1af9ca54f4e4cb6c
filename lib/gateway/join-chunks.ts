import { asItems, asRecord, asText, parseJson } from '#lib/gateway/json-fields'

interface Joined {
  index: unknown
  message: Record<string, unknown>
  finish_reason: unknown
  calls: number
}

/**
 * A streamed answer as the whole one that it is: JSON text of a `chat.completion` with the stream's own id, model and
 * usage. Null for streams with parts that cannot be joined by their text alone (tool calls, audio).
 *
 * @param chunks JSON texts of the stream's events in order, the usage frame included.
 */
export function joinChunks(chunks: readonly string[]): string | null {
  const choices = new Map<unknown, Joined>()
  const head: Record<string, unknown> = {}
  for (const chunk of chunks) {
    const event = asRecord(parseJson(chunk))
    if (event === null) return null
    for (const name of ['id', 'created', 'model', 'system_fingerprint', 'usage'])
      if (event[name]) head[name] = event[name]
    for (const item of asItems(event.choices)) addChoice(choices, asRecord(item))
  }
  if (choices.size === 0 || [...choices.values()].some(({ calls }) => calls > 0)) return null
  const { usage, ...rest } = head
  return JSON.stringify({
    ...rest,
    object: 'chat.completion',
    choices: [...choices.values()].map(({ index, message, finish_reason }) => ({
      index,
      message,
      finish_reason,
    })),
    ...(usage === undefined ? {} : { usage }),
  })
}

function addChoice(choices: Map<unknown, Joined>, choice: Record<string, unknown> | null): void {
  if (choice === null) return
  const index = choice.index ?? 0
  const known = choices.get(index) ?? {
    index,
    message: { role: 'assistant', content: null },
    finish_reason: null,
    calls: 0,
  }
  choices.set(index, known)
  if (choice.finish_reason) known.finish_reason = choice.finish_reason
  const delta = asRecord(choice.delta) ?? {}
  for (const name of ['content', 'refusal', 'reasoning_content']) {
    if (typeof delta[name] === 'string') known.message[name] = asText(known.message[name]) + delta[name]
  }
  if (asItems(delta.tool_calls).length > 0 || delta.function_call || delta.audio) known.calls += 1
}
