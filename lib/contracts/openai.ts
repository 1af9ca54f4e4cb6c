import { z } from 'zod'

/**
 * Request bodies of the data plane in OpenAI's dialect. Unknown fields pass through to the provider.
 * Source: https://platform.openai.com/docs/api-reference/chat/create and /embeddings/create.
 */
const textPart = z.looseObject({ type: z.literal('text'), text: z.string() })
const imagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({
    url: z.string().min(1),
    detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
  }),
})
const otherPart = z.looseObject({ type: z.enum(['input_audio', 'file', 'refusal']) })

export const contentPart = z.discriminatedUnion('type', [textPart, imagePart, otherPart])

const toolCall = z.looseObject({
  id: z.string(),
  type: z.string().optional(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }).optional(),
})

export const chatMessage = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([z.string(), z.array(contentPart), z.null()]).optional(),
  name: z.string().optional(),
  tool_calls: z.array(toolCall).optional(),
  tool_call_id: z.string().optional(),
})

const responseFormat = z.looseObject({
  type: z.enum(['text', 'json_object', 'json_schema']),
  json_schema: z
    .looseObject({
      name: z.string(),
      schema: z.record(z.string(), z.unknown()).optional(),
      strict: z.boolean().nullish(),
    })
    .optional(),
})

const tool = z.looseObject({
  type: z.string(),
  function: z
    .looseObject({
      name: z.string().min(1),
      description: z.string().optional(),
      parameters: z.unknown().optional(),
    })
    .optional(),
})

const outputLimit = z.int().positive().max(10_000_000)

/** Callers' tags: who and what a request is for. Values are strings, as OpenAI's `metadata` is. */
const metadata = z.record(z.string().max(64), z.string().max(512))

export const chatRequestBody = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z
    .array(chatMessage)
    .min(1, 'must hold at least one message')
    .max(2048, 'must hold at most 2048 messages'),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: outputLimit.nullish(),
  max_completion_tokens: outputLimit.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  seed: z.int().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: responseFormat.nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().nullish(),
  user: z.string().max(512).nullish(),
  metadata: metadata.nullish(),
})

export const embeddingsRequestBody = z.looseObject({
  model: z.string().min(1).max(200),
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1)).min(1).max(2048),
    z.array(z.int().nonnegative()).min(1),
    z.array(z.array(z.int().nonnegative()).min(1)).min(1).max(2048),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).max(4096).nullish(),
  user: z.string().max(512).nullish(),
  metadata: metadata.nullish(),
})

export type ChatMessage = z.infer<typeof chatMessage>
export type ContentPart = z.infer<typeof contentPart>
export type ChatRequestBody = z.infer<typeof chatRequestBody>
export type EmbeddingsRequestBody = z.infer<typeof embeddingsRequestBody>
