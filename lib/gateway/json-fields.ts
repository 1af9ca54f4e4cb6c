/** A JSON object seen as fields of unknown type; `null` for anything else, arrays included. */
export function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

/** The items of a JSON array; empty for anything else. */
export function asItems(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The string itself; `''` for anything else. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The non-empty string itself; `null` for anything else. */
export function asTextOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** A whole number ≥ 0 as JSON counts are; `null` for anything else. */
export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** Parses JSON text; `undefined` when it is not JSON (JSON itself has no `undefined`). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
