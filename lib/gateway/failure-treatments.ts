import type { Failure, FailureClass } from '#lib/gateway/failure'

/** What a failure of one class is, and what routing may do about it. */
export interface FailureTreatment extends Pick<Failure, 'sameAgain' | 'nextCandidate' | 'breakerSignal'> {
  /** For a person: what was seen. */
  seen: string
  /**
   * How long the deployment is left alone afterwards: as long as the provider asked, at most this many milliseconds (and
   * `defaultMs` when it named no time); null = not at all.
   */
  cooldown: { capMs: number; defaultMs: number } | null
}

const routeFailed = {
  sameAgain: 'backoff',
  nextCandidate: 'yes',
  breakerSignal: 'health',
  cooldown: null,
} as const
const silent = { ...routeFailed, sameAgain: 'no' } as const
const misconfigured = { ...silent, breakerSignal: 'configuration' } as const
const final = { sameAgain: 'no', nextCandidate: 'no', breakerSignal: null, cooldown: null } as const

/** The failure table: the one place that says what may follow a failure. docs/resilience.md shows it, held by a test. */
export const failureTreatments: Readonly<Record<FailureClass, FailureTreatment>> = {
  connect: { ...routeFailed, seen: 'no connection within 5 s, or refused' },
  reset: { ...routeFailed, seen: 'connection closed before the answer' },
  server_error: { ...routeFailed, seen: '5xx, 408, or an error object inside a 200' },
  overloaded: { ...routeFailed, seen: '529, or `overloaded_error`' },
  cut_stream: { ...routeFailed, seen: 'stream ended without a finish reason' },
  malformed: { ...silent, seen: 'an answer that cannot be read' },
  attempt_timeout: { ...silent, seen: 'nothing within `attemptTimeoutMs`' },
  idle_timeout: { ...silent, seen: 'silence between chunks longer than `idleMs`' },
  first_token_timeout: {
    ...silent,
    breakerSignal: 'latency',
    seen: 'no content token within `ttftMs`',
  },
  rate_limited: {
    sameAgain: 'after_retry_after',
    nextCandidate: 'yes',
    breakerSignal: null,
    cooldown: { capMs: 60_000, defaultMs: 1_000 },
    seen: '429: healthy but full',
  },
  ptu_full: {
    sameAgain: 'no',
    nextCandidate: 'yes',
    breakerSignal: null,
    cooldown: { capMs: 1_000, defaultMs: 0 },
    seen: '429 of provisioned throughput: only this request spills over',
  },
  credentials: { ...misconfigured, seen: '401 or 403, or no token to be had' },
  not_found: { ...misconfigured, seen: '404: no such deployment' },
  retired: { ...misconfigured, seen: '410: the model is gone' },
  content_filter: { ...final, seen: 'the content filter refused' },
  context_length: {
    ...final,
    nextCandidate: 'larger_context',
    seen: 'the input is too long for the model',
  },
  invalid_request: { ...final, seen: 'any other 4xx: the request itself is wrong' },
  refused: { ...final, seen: 'the provider cannot do this at all' },
  total_timeout: { ...final, seen: 'the tier’s `totalMs` ran out' },
  deadline: { ...final, seen: 'the tier’s `deadlineMs` ran out' },
  cancelled: { ...final, seen: 'the caller went away, or a hedge was first' },
}
