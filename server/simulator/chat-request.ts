import { z } from 'zod'
import { badRequest } from '#server/simulator/wire-error'

const MOST_MESSAGES = 2_048
const MOST_TOOLS = 128

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() })
const imagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({
    url: z.string().regex(/^(https?:\/\/|data:image\/)/, 'has to be an http(s) or data:image URL'),
    detail: z.enum(['low', 'high', 'auto']).optional(),
  }),
})
const content = z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart])).min(1)])
const toolCall = z.looseObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
})
const named = { name: z.string().optional() }

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal(['system', 'developer']), content, ...named }),
  z.looseObject({ role: z.literal('user'), content, ...named }),
  z.looseObject({
    role: z.literal('assistant'),
    content: content.nullish(),
    tool_calls: z.array(toolCall).optional(),
    ...named,
  }),
  z.looseObject({ role: z.literal('tool'), content, tool_call_id: z.string() }),
])

const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
})

const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({ name: z.string(), schema: z.record(z.string(), z.unknown()).optional() }),
  }),
])

const outputTokens = z.int().positive().nullish()

const chatRequestSchema = z.looseObject({
  messages: z.array(message).min(1).max(MOST_MESSAGES),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  n: z.int().min(1).max(128).nullish(),
  seed: z.int().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  max_tokens: outputTokens,
  max_completion_tokens: outputTokens,
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
  prompt_cache_key: z.string().nullish(),
  tools: z.array(tool).max(MOST_TOOLS).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
})

/** A chat completion request in OpenAI's shape, checked. Unknown fields are ignored. */
export type ChatRequest = z.infer<typeof chatRequestSchema>
export type ChatMessage = ChatRequest['messages'][number]

/** `messages[0].role`, as OpenAI writes parameter paths. */
export function parameterPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('')
}

function requireAnsweredCalls(messages: readonly ChatMessage[]): void {
  const open = new Set<string>()
  messages.forEach((entry, index) => {
    if (entry.role === 'assistant') for (const call of entry.tool_calls ?? []) open.add(call.id)
    if (entry.role === 'tool' && !open.has(entry.tool_call_id)) {
      throw badRequest(
        "Messages with role 'tool' have to answer a preceding tool call.",
        `messages[${index}].role`,
      )
    }
  })
}

/** Checks a request body; throws a WireError (400) that names the first offending parameter. */
export function parseChatRequest(body: unknown): ChatRequest {
  const parsed = chatRequestSchema.safeParse(body)
  if (!parsed.success) {
    for (const { path, message: reason } of parsed.error.issues) {
      const parameter = parameterPath(path)
      throw badRequest(`Invalid value for '${parameter}': ${reason}`, parameter, 'invalid_value')
    }
    throw parsed.error
  }
  requireAnsweredCalls(parsed.data.messages)
  return parsed.data
}
