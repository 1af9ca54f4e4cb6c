import type { ChatMessage } from '#lib/contracts/openai'

const isSystem = ({ role }: ChatMessage) => role === 'system' || role === 'developer'

/** The messages with a system prompt before, behind or in place of the caller's own. */
export function withSystemPrompt(
  messages: readonly ChatMessage[],
  { mode, text }: { mode: 'prepend' | 'append' | 'replace'; text: string },
): ChatMessage[] {
  const role = messages.find(isSystem)?.role ?? 'system'
  const added: ChatMessage = { role, content: text }
  if (mode === 'prepend') return [added, ...messages]
  if (mode === 'replace') return [added, ...messages.filter((message) => !isSystem(message))]
  const first = messages.findIndex((message) => !isSystem(message))
  const at = first < 0 ? messages.length : first
  return [...messages.slice(0, at), added, ...messages.slice(at)]
}
