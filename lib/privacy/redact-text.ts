import { findSensitive, type RedactionOptions } from '#lib/privacy/find-sensitive'
import type { SensitiveSpan } from '#lib/privacy/sensitive-span'

/**
 * The text with e-mail addresses, telephone, card, account and identity numbers, IP and postal addresses, credentials
 * and names replaced by `[kind]`. Idempotent; a text in which nothing is found comes back as it is.
 */
export function redactText(text: string, options: RedactionOptions = {}): string {
  return replaceSpans(text, findSensitive(text, options))
}

/** The text with each span replaced by its kind in brackets; spans in order, none overlapping. */
export function replaceSpans(text: string, spans: readonly SensitiveSpan[]): string {
  if (spans.length === 0) return text
  const parts: string[] = []
  let from = 0
  for (const { start, end, kind } of spans) {
    parts.push(text.slice(from, start), `[${kind}]`)
    from = end
  }
  parts.push(text.slice(from))
  return parts.join('')
}
