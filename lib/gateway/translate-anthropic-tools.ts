import type { ChatRequestBody } from '#lib/contracts/openai'
import { asRecord, asTextOrNull } from '#lib/gateway/json-fields'

type Refused = { kind: 'refused'; message: string }

/** Function tools as Anthropic's client tools; other kinds of tools are refused. */
export function translateTools(
  tools: readonly NonNullable<ChatRequestBody['tools']>[number][],
): { kind: 'tools'; tools: object[] } | Refused {
  const translated: object[] = []
  for (const tool of tools) {
    if (tool.type !== 'function' || tool.function === undefined) {
      return {
        kind: 'refused',
        message: `Anthropic has no tools of type "${tool.type}" here: only functions.`,
      }
    }
    const { name, description, parameters, strict } = tool.function
    translated.push({
      name,
      ...(description === undefined ? {} : { description }),
      input_schema: { type: 'object', ...(asRecord(parameters) ?? { properties: {} }) },
      ...(strict === true ? { strict } : {}),
    })
  }
  return { kind: 'tools', tools: translated }
}

/** `tool_choice` and `parallel_tool_calls` together; `null` leaves Anthropic's default, which is `auto`. */
export function translateToolChoice(
  body: ChatRequestBody,
): { kind: 'choice'; choice: object | null } | Refused {
  const one = body.parallel_tool_calls === false ? { disable_parallel_tool_use: true } : {}
  const { tool_choice } = body
  switch (tool_choice ?? null) {
    case null:
    case 'auto':
      return { kind: 'choice', choice: body.parallel_tool_calls === false ? { type: 'auto', ...one } : null }
    case 'none':
      return { kind: 'choice', choice: { type: 'none' } }
    case 'required':
      return { kind: 'choice', choice: { type: 'any', ...one } }
  }
  const choice = asRecord(tool_choice)
  const name = choice?.type === 'function' ? asTextOrNull(asRecord(choice.function)?.name) : null
  if (name === null) return { kind: 'refused', message: 'Anthropic cannot express this tool_choice.' }
  return { kind: 'choice', choice: { type: 'tool', name, ...one } }
}
