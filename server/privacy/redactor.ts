import { findSensitive, type RedactionOptions } from '#lib/privacy/find-sensitive'
import { replaceSpans } from '#lib/privacy/redact-text'
import type { SensitiveKind } from '#lib/privacy/sensitive-span'
import { verifyRedacted } from '#lib/privacy/verify-redacted'

/** What was hidden since this process began. */
export interface RedactionReport {
  /** Texts that were looked at. */
  texts: number
  redacted: Readonly<Partial<Record<SensitiveKind, number>>>
  /** Found only by the second look at what was to leave the program; more than none is a defect of the first. */
  foundBySecondLook: number
}

/** Redaction as the sinks use it: the same as `redactText`, and counted. */
export interface Redactor {
  redact(text: string, options?: RedactionOptions): string
  /** For what leaves the program: looked at once more, and again hidden where anything was left. */
  redactTwice(text: string): string
  report(): RedactionReport
}

export function createRedactor(): Redactor {
  const counts = new Map<SensitiveKind, number>()
  let texts = 0
  let foundBySecondLook = 0

  function redact(text: string, options: RedactionOptions = {}): string {
    texts += 1
    const spans = findSensitive(text, options)
    for (const { kind } of spans) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return replaceSpans(text, spans)
  }

  return {
    redact,
    redactTwice(text) {
      const once = redact(text)
      const left = verifyRedacted(once)
      if (left.length === 0) return once
      foundBySecondLook += left.length
      return replaceSpans(once, left)
    },
    report: () => ({ texts, redacted: Object.fromEntries(counts), foundBySecondLook }),
  }
}
