import { asItems, asRecord, asText } from '#lib/gateway/json-fields'

/** About as much text as a provider puts into one event. */
const pieceCharacters = 24

/**
 * The events (JSON text, without `data: `) by which a whole answer is said again as a stream: the role, the text piece by
 * piece, the finish reason; and the usage, where `includeUsage` and the answer has it. No piece ends within a character.
 * Source: https://platform.openai.com/docs/api-reference/chat/streaming
 */
export function answerAsChunks(text: string, { includeUsage }: { includeUsage: boolean }): string[] {
  const answer = asRecord(JSON.parse(text)) ?? {}
  const { id, created, model, system_fingerprint, usage } = answer
  const base = {
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    ...(system_fingerprint === undefined ? {} : { system_fingerprint }),
  }
  const chunk = (choice: Record<string, unknown>) =>
    JSON.stringify({ ...base, choices: [choice], ...(includeUsage ? { usage: null } : {}) })
  const events = asItems(answer.choices).flatMap((item) => {
    const choice = asRecord(item) ?? {}
    const { index } = choice
    return [
      ...deltasOf(asRecord(choice.message) ?? {}).map((delta) =>
        chunk({ index, delta, finish_reason: null }),
      ),
      chunk({ index, delta: {}, finish_reason: choice.finish_reason }),
    ]
  })
  return includeUsage && usage ? [...events, JSON.stringify({ ...base, choices: [], usage })] : events
}

function deltasOf(message: Record<string, unknown>): Record<string, unknown>[] {
  const { role = 'assistant', content, refusal, tool_calls, ...rest } = message
  const calls = asItems(tool_calls).map((call, index) => ({ index, ...asRecord(call) }))
  return [
    {
      role,
      content: typeof content === 'string' ? '' : null,
      ...rest,
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
    ...pieces(asText(content)).map((piece) => ({ content: piece })),
    ...pieces(asText(refusal)).map((piece) => ({ refusal: piece })),
  ]
}

function pieces(text: string): string[] {
  const found: string[] = []
  let piece = ''
  for (const word of text.match(/\s*\S+|\s+$/gu) ?? []) {
    piece += word
    if (piece.length < pieceCharacters) continue
    found.push(piece)
    piece = ''
  }
  return piece === '' ? found : [...found, piece]
}
