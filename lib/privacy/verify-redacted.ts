import { findSensitive, type RedactionOptions } from '#lib/privacy/find-sensitive'
import type { SensitiveSpan } from '#lib/privacy/sensitive-span'

/** A second look at what was redacted: what is still there, none when it is clean. */
export function verifyRedacted(text: string, options: RedactionOptions = {}): SensitiveSpan[] {
  const placeholders = [...text.matchAll(/\[[a-z_]+\]/g)].map(({ index, 0: match }) => [
    index,
    index + match.length,
  ])
  return findSensitive(text, options).filter(
    ({ start, end }) => !placeholders.some(([from = 0, to = 0]) => start >= from && end <= to),
  )
}
