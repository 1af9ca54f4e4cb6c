import { z } from 'zod'
import { parameterPath } from '#server/simulator/chat-request'
import { badRequest } from '#server/simulator/wire-error'

const cacheable = { cache_control: z.looseObject({ type: z.literal('ephemeral') }).nullish() }
const textBlock = z.looseObject({ type: z.literal('text'), text: z.string(), ...cacheable })
const imageBlock = z.looseObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
    z.looseObject({ type: z.literal('url'), url: z.string().regex(/^https?:\/\//) }),
  ]),
  ...cacheable,
})
const toolUseBlock = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
  ...cacheable,
})
const toolResultBlock = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textBlock, imageBlock]))]).optional(),
  ...cacheable,
})
const block = z.discriminatedUnion('type', [textBlock, imageBlock, toolUseBlock, toolResultBlock])

const jsonFormat = z.looseObject({
  type: z.literal('json_schema'),
  schema: z.record(z.string(), z.unknown()),
})

const messageRequestSchema = z.looseObject({
  max_tokens: z.int().positive(),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['user', 'assistant']),
        content: z.union([z.string(), z.array(block).min(1)]),
      }),
    )
    .min(1),
  system: z.union([z.string(), z.array(textBlock)]).optional(),
  tools: z
    .array(
      z.looseObject({
        name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
        description: z.string().optional(),
        input_schema: z.record(z.string(), z.unknown()),
        ...cacheable,
      }),
    )
    .optional(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal(['auto', 'any']), disable_parallel_tool_use: z.boolean().optional() }),
      z.looseObject({
        type: z.literal('tool'),
        name: z.string(),
        disable_parallel_tool_use: z.boolean().optional(),
      }),
      z.looseObject({ type: z.literal('none') }),
    ])
    .optional(),
  stop_sequences: z.array(z.string()).optional(),
  temperature: z.number().min(0).max(1).optional(),
  stream: z.boolean().optional(),
  output_config: z.looseObject({ format: jsonFormat.nullish() }).nullish(),
})

/** An Anthropic Messages request, checked. Unknown fields are ignored. */
export type MessageRequest = z.infer<typeof messageRequestSchema>
export type MessageBlock = z.infer<typeof block>

/** Checks a request body; throws a WireError (400) that names the first offending field. */
export function parseMessageRequest(body: unknown): MessageRequest {
  const parsed = messageRequestSchema.safeParse(body)
  if (parsed.success) return parsed.data
  for (const { path, message } of parsed.error.issues) throw badRequest(`${parameterPath(path)}: ${message}`)
  throw parsed.error
}
