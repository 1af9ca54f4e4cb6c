import { asCount, asItems, asRecord, asText, parseJson } from '#lib/gateway/json-fields'

interface Joined {
  index: unknown
  message: Record<string, unknown>
  finish_reason: unknown
  calls: Record<string, unknown>[]
  /** Something in it cannot be joined. */
  isForeign: boolean
}

/**
 * A streamed answer as the whole one that it is: JSON text of a `chat.completion` with the stream's own id, model and
 * usage. Null for streams with parts that cannot be joined by their text alone (audio, the old function calls).
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
  if (choices.size === 0 || [...choices.values()].some(({ isForeign }) => isForeign)) return null
  const { usage, ...rest } = head
  return JSON.stringify({
    ...rest,
    object: 'chat.completion',
    choices: [...choices.values()].map(({ index, message, finish_reason, calls }) => ({
      index,
      message: calls.length === 0 ? message : { ...message, tool_calls: calls },
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
    calls: [],
    isForeign: false,
  }
  choices.set(index, known)
  if (choice.finish_reason) known.finish_reason = choice.finish_reason
  const delta = asRecord(choice.delta) ?? {}
  for (const name of ['content', 'refusal', 'reasoning_content']) {
    if (typeof delta[name] === 'string') known.message[name] = asText(known.message[name]) + delta[name]
  }
  for (const part of asItems(delta.tool_calls)) addCall(known, asRecord(part))
  if (delta.function_call || delta.audio) known.isForeign = true
}

/** The first part of a call names it, the others bring its arguments on. */
function addCall(known: Joined, part: Record<string, unknown> | null): void {
  const index = asCount(part?.index)
  const calls = known.calls
  if (part === null || index === null || index > calls.length) {
    known.isForeign = true
    return
  }
  const call = calls[index] ?? {
    id: part.id,
    type: part.type ?? 'function',
    function: { name: '', arguments: '' },
  }
  calls[index] = call
  const said = asRecord(part.function)
  const before = asRecord(call.function)
  call.function = {
    name: asText(before?.name) + asText(said?.name),
    arguments: asText(before?.arguments) + asText(said?.arguments),
  }
}
