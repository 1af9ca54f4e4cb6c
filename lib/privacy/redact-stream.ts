import { findSensitive, type RedactionOptions } from '#lib/privacy/find-sensitive'
import { replaceSpans } from '#lib/privacy/redact-text'

/** Redacts a text that comes in pieces, whatever was cut where. */
export interface RedactionStream {
  /** What may go on by now; the end of the text is held back as long as more of it could change its meaning. */
  push(piece: string): string
  /** The rest. */
  end(): string
}

/** Longer than anything that is looked for. */
const heldBack = 512
/** What detectors look back for: the words before a number that say what it is. */
const context = 128

export function createRedactionStream(options: RedactionOptions = {}): RedactionStream {
  /** What was let go last, for its meaning alone, then what waits. */
  let before = ''
  let waiting = ''

  function release(upTo: number): string {
    const whole = before + waiting
    const spans = findSensitive(whole, options).filter(({ end }) => end > before.length)
    const wanted = before.length + upTo
    const crossed = spans.find(({ start, end }) => start < wanted && end > wanted)
    const cut = crossed ? crossed.start : wanted
    if (cut <= before.length) return ''
    const kept = spans
      .filter(({ end }) => end <= cut)
      .map((span) => ({
        ...span,
        start: Math.max(0, span.start - before.length),
        end: span.end - before.length,
      }))
    const out = replaceSpans(whole.slice(before.length, cut), kept)
    waiting = whole.slice(cut)
    before = whole.slice(Math.max(0, cut - context), cut)
    return out
  }

  return {
    push(piece) {
      waiting += piece
      const free = waiting.length - heldBack
      if (free <= 0) return ''
      const space = waiting.lastIndexOf(' ', free)
      return space <= 0 ? '' : release(space)
    },
    end: () => release(waiting.length),
  }
}
