import { Buffer } from 'node:buffer'
import type { ResponseHeaders } from '#bench/load/exchange'
import { createStreamReader } from '#bench/load/read-stream-frames'
import { judgeAnswer } from '#bench/load/send-answer-request'

export type SoakKind = 'answer' | 'progressive' | 'complete'

/**
 * What a caller got: the whole answer, an error in the catalogue's shape, a stream that ended with a typed error, nothing
 * because it had left; `wrong` is everything else, and never right.
 */
export type SoakOutcome = 'whole' | 'refused' | 'cut' | 'left' | 'wrong'

export interface Verdict {
  readonly outcome: SoakOutcome
  /** The error's code, or what was wrong. */
  readonly detail: string
}

/** What a caller has when the response is over. */
export interface Received {
  readonly kind: SoakKind
  readonly tokens: number
  readonly status: number
  readonly headers: ResponseHeaders
  readonly text: string
}

interface ErrorBody {
  error?: { message?: unknown; type?: unknown; code?: unknown }
}

/** Errors that the upstreams' faults may become. */
const EXPECTED = new Set([
  'content_filter',
  'context_length_exceeded',
  'overloaded',
  'provider_rate_limited',
  'provider_timeout',
  'provider_unavailable',
  'stream_interrupted',
])

const wrong = (detail: string): Verdict => ({ outcome: 'wrong', detail })

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The code of an error in OpenAI's shape; undefined when it is none, or one that no fault of the upstreams explains. */
function errorCode(body: unknown): string | undefined {
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as ErrorBody
  const isError = typeof error?.message === 'string' && typeof error.type === 'string'
  return isError && typeof error.code === 'string' && EXPECTED.has(error.code) ? error.code : undefined
}

function judgeRefusal({ status, headers, text }: Received): Verdict {
  const code = errorCode(parse(text))
  if (code === undefined) return wrong(`status ${status}: ${text.slice(0, 300)}`)
  const mustSayWhen = status === 429 || status === 503
  if (mustSayWhen && headers['retry-after'] === undefined) return wrong(`${code} without Retry-After`)
  return { outcome: 'refused', detail: code }
}

/** The failure in words, or undefined when all tokens, finish, usage and [DONE] are there. */
function judgeWholeStream({ text, tokens }: Received): string | undefined {
  const reader = createStreamReader()
  try {
    reader.feed(Buffer.from(text), () => {})
  } catch (error) {
    return `unreadable frame: ${String(error)}`
  }
  return reader.judge(tokens)
}

function judgeStream(received: Received): Verdict {
  const { kind, text } = received
  const failure = judgeWholeStream(received)
  if (failure === undefined) return { outcome: 'whole', detail: '' }
  const events = text.split('\n\n').filter((event) => event.startsWith('data: '))
  const code = errorCode(parse(events.at(-1)?.slice(6) ?? ''))
  if (code === undefined || !text.endsWith('\n\n')) return wrong(`a stump: ${failure}`)
  const looksFinished = text.includes('data: [DONE]') || /"finish_reason":"/.test(text)
  if (looksFinished) return wrong(`an error after the end: ${text.slice(-300)}`)
  if (kind === 'complete' && events.length > 1) return wrong('a part of an answer that should be whole')
  return { outcome: 'cut', detail: code }
}

/** An earlier answer said again, to a caller that may stream where the earlier one did not: other words, no usage. */
function judgeRepeated({ kind, text }: Received): Verdict {
  const isWhole =
    text.includes('"finish_reason":"stop"') && (kind === 'answer' || text.endsWith('[DONE]\n\n'))
  return isWhole ? { outcome: 'whole', detail: 'repeated' } : wrong(`a stump repeated: ${text.slice(-300)}`)
}

/** Judges a response that came to its end. */
export function judgeSoakCall(received: Received): Verdict {
  const { kind, status, headers, text } = received
  if (status !== 200) return judgeRefusal(received)
  // A complete stream that is late has sent its headers before it is repeated: nobody answered, its usage event says.
  if (headers['x-huntaze-cache'] === 'stale' || text.includes('"deployment":null'))
    return judgeRepeated(received)
  if (kind !== 'answer') return judgeStream(received)
  const failure = judgeAnswer(status, text)
  return failure === undefined ? { outcome: 'whole', detail: '' } : wrong(failure)
}
