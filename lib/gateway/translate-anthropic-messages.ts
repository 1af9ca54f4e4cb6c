import type { ChatMessage, ContentPart } from '#lib/contracts/openai'
import { asRecord, parseJson } from '#lib/gateway/json-fields'

export interface AnthropicMessage {
  role: 'user' | 'assistant'
  content: readonly AnthropicBlock[]
}

export type AnthropicBlock =
  | { type: 'text'; text: string }
  | {
      type: 'image'
      source: { type: 'url'; url: string } | { type: 'base64'; media_type: string; data: string }
    }
  | { type: 'tool_use'; id: string; name: string; input: object }
  | { type: 'tool_result'; tool_use_id: string; content: readonly AnthropicBlock[] }

export type AnthropicConversation =
  | { kind: 'conversation'; system: string; messages: AnthropicMessage[]; notes: string[] }
  | { kind: 'refused'; message: string }

type Translated<Value> = { kind: 'ok'; value: Value } | { kind: 'refused'; message: string }
type Turn = { role: 'user' | 'assistant'; content: AnthropicBlock[] }

/**
 * Translates the messages of OpenAI's dialect: system and developer texts are taken out and joined, consecutive
 * turns of one role merged, tool messages become tool results of the user's turn. Empty texts are left out, as
 * Anthropic accepts none; a conversation that begins with the assistant gets a user turn in front.
 */
export function translateMessages(messages: readonly ChatMessage[]): AnthropicConversation {
  const system: string[] = []
  const turns: Turn[] = []
  const notes: string[] = []
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') {
      system.push(plainText(message.content))
      continue
    }
    const blocks = translateMessage(message)
    if (blocks.kind === 'refused') return blocks
    addTurn(turns, message.role === 'assistant' ? 'assistant' : 'user', blocks.value)
  }
  if (turns.length === 0)
    return { kind: 'refused', message: 'Anthropic needs a message of the user with content.' }
  if (turns[0]?.role === 'assistant') {
    turns.unshift({ role: 'user', content: [{ type: 'text', text: '…' }] })
    notes.push('put "…" of the user in front, as a conversation cannot begin with the assistant')
  }
  return {
    kind: 'conversation',
    system: system.filter((text) => text !== '').join('\n\n'),
    messages: turns,
    notes,
  }
}

function addTurn(turns: Turn[], role: Turn['role'], blocks: readonly AnthropicBlock[]): void {
  if (blocks.length === 0) return
  const last = turns.at(-1)
  if (last?.role === role) last.content.push(...blocks)
  else turns.push({ role, content: [...blocks] })
}

function translateMessage(message: ChatMessage): Translated<readonly AnthropicBlock[]> {
  if (message.role === 'function') {
    return { kind: 'refused', message: 'Messages of the role "function" are not supported: use tools.' }
  }
  const content = translateContent(message.content)
  if (content.kind === 'refused') return content
  if (message.role === 'tool') {
    const result = {
      type: 'tool_result',
      tool_use_id: message.tool_call_id ?? '',
      content: content.value,
    } as const
    return { kind: 'ok', value: [result] }
  }
  if (message.role === 'user') return content
  return { kind: 'ok', value: [...content.value, ...toolUses(message)] }
}

function toolUses({ tool_calls }: ChatMessage): AnthropicBlock[] {
  const uses: AnthropicBlock[] = []
  for (const { id, function: called } of tool_calls ?? []) {
    if (called === undefined) continue
    const input =
      asRecord(parseJson(called.arguments)) ??
      (called.arguments === '' ? {} : { arguments: called.arguments })
    uses.push({ type: 'tool_use', id, name: called.name, input })
  }
  return uses
}

function translateContent(content: ChatMessage['content']): Translated<AnthropicBlock[]> {
  if (content === null || content === undefined) return { kind: 'ok', value: [] }
  if (typeof content === 'string') return { kind: 'ok', value: textBlocks(content) }
  const blocks: AnthropicBlock[] = []
  for (const part of content) {
    const block = translatePart(part)
    if (block.kind === 'refused') return block
    blocks.push(...block.value)
  }
  return { kind: 'ok', value: blocks }
}

function translatePart(part: ContentPart): Translated<AnthropicBlock[]> {
  switch (part.type) {
    case 'text':
      return { kind: 'ok', value: textBlocks(part.text) }
    case 'image_url':
      return { kind: 'ok', value: [imageBlock(part.image_url.url)] }
    case 'refusal':
      return { kind: 'ok', value: textBlocks(typeof part.refusal === 'string' ? part.refusal : '') }
    default:
      return { kind: 'refused', message: `Anthropic takes no parts of type "${part.type}" here.` }
  }
}

function textBlocks(text: string): AnthropicBlock[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }]
}

function imageBlock(url: string): AnthropicBlock {
  const data = /^data:(image\/[a-z+.-]+);base64,/i.exec(url)
  if (data?.[1] === undefined) return { type: 'image', source: { type: 'url', url } }
  const media_type = data[1].toLowerCase()
  return { type: 'image', source: { type: 'base64', media_type, data: url.slice(data[0].length) } }
}

function plainText(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}
