/** What may identify a person or open a door. Each is also the word in its place: `[email]`. */
export const sensitiveKinds = [
  'credential',
  'email',
  'iban',
  'card',
  'national_id',
  'ip',
  'phone',
  'address',
  'birth_date',
  'name',
] as const
export type SensitiveKind = (typeof sensitiveKinds)[number]

/** A stretch of a text, in UTF-16 code units; `end` is exclusive. */
export interface SensitiveSpan {
  start: number
  end: number
  kind: SensitiveKind
}

/** What detectors look at: the text in plain forms, and whether a stretch of it can be one of theirs at all. */
export interface Scanned {
  text: string
  hasDigits: boolean
}

export type Detector = (scanned: Scanned) => SensitiveSpan[]

/**
 * All matches of a global pattern as spans of one kind; a group named `value` narrows them. Not by `matchAll`, which
 * compiles a copy of the pattern for every text.
 */
export function matchesOf(text: string, pattern: RegExp, kind: SensitiveKind): SensitiveSpan[] {
  const spans: SensitiveSpan[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const value = match.groups?.value ?? match[0]
    const start = match.index + match[0].lastIndexOf(value)
    spans.push({ start, end: start + value.length, kind })
    if (match[0] === '') pattern.lastIndex += 1
  }
  return spans
}
