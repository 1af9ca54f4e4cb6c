/**
 * JSON text that is the same for equal values: keys in order, bigints as decimal strings, dates as ISO, no
 * undefined. Null for undefined.
 */
export function stableJson(value: unknown): string | null {
  const text: string | undefined = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return part.toString()
    return isPlainObject(part) ? inOrder(part) : part
  })
  return text ?? null
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inOrder(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
