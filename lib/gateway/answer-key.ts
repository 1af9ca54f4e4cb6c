import type { ChatRequestBody } from '#lib/contracts/openai'

/** Fields that change how an answer travels or is booked, not what it says. */
const immaterial = new Set([
  'stream',
  'stream_options',
  'metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'store',
])

/**
 * The canonical text of what a chat request asks: equal for two bodies that differ only in key order or in fields that do
 * not change the answer.
 */
export function canonicalChatRequest(body: ChatRequestBody): string {
  return JSON.stringify(
    Object.entries(body)
      .filter(([name, value]) => !immaterial.has(name) && value !== undefined && value !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, sorted(value)]),
  )
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}
