/** What is said of such a text. */
export const unstorableText = 'holds a character that no store keeps: U+0000, or half of a surrogate pair'

/**
 * Where the first text stands that no store keeps, keys included; null when there is none. PostgreSQL has neither U+0000 in
 * texts and JSON nor unpaired surrogates in JSON. Source: PostgreSQL, "JSON Types", jsonb and Unicode escapes.
 */
export function unstorablePath(
  value: unknown,
  path: readonly PropertyKey[] = [],
): readonly PropertyKey[] | null {
  if (typeof value === 'string') return isStorable(value) ? null : path
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key]
    const found = isStorable(key) ? unstorablePath(inner, at) : path
    if (found) return found
  }
  return null
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
