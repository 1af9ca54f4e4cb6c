import { z } from 'zod'
import { parseJson } from '#components/data/api-problem'

export interface PlaygroundMessage {
  /** For React alone. */
  key: string
  role: 'user' | 'assistant'
  content: string
}

/** Everything the form holds. */
export interface Conversation {
  targets: readonly string[]
  system: string
  messages: readonly PlaygroundMessage[]
  temperature: number
  maxTokens: number
  stream: boolean
  jsonMode: boolean
}

export const freshConversation: Conversation = {
  targets: ['standard'],
  system: '',
  messages: [{ key: 'm0', role: 'user', content: '' }],
  temperature: 0.7,
  maxTokens: 512,
  stream: true,
  jsonMode: false,
}

/** The request body without its model. Usage is asked for, since the cost rides with it. */
export function conversationBody(conversation: Conversation): Record<string, unknown> & { stream: boolean } {
  const { system, messages, temperature, maxTokens, stream, jsonMode } = conversation
  return {
    messages: [
      ...(system.trim() ? [{ role: 'system', content: system }] : []),
      ...messages
        .filter(({ content }) => content.trim() !== '')
        .map(({ role, content }) => ({ role, content })),
    ],
    temperature,
    max_tokens: maxTokens,
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    ...(jsonMode ? { response_format: { type: 'json_object' } } : {}),
  }
}

const kept = z.array(z.object({ role: z.string(), content: z.string().nullish() }))

/** Takes over a stored prompt: the messages where it is their JSON, else the text as one message. */
export function conversationFromPrompt(prompt: string): Pick<Conversation, 'system' | 'messages'> {
  const parsed = kept.safeParse(parseJson(prompt))
  if (!parsed.success) return { system: '', messages: [{ key: 'm0', role: 'user', content: prompt }] }
  const system = parsed.data.filter(({ role }) => role === 'system' || role === 'developer')
  const others = parsed.data.filter(({ role }) => role === 'user' || role === 'assistant')
  return {
    system: system.map(({ content }) => content ?? '').join('\n\n'),
    messages: others.map(({ role, content }, index) => ({
      key: `m${index}`,
      role: role === 'assistant' ? ('assistant' as const) : ('user' as const),
      content: content ?? '',
    })),
  }
}
