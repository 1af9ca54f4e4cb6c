/**
 * What an adapter saw when an attempt failed, uninterpreted. Only `classifyFailure` reads it.
 */
export type FailureEvidence =
  | { kind: 'http'; status: number; headers: Readonly<Record<string, string>>; body: string }
  | { kind: 'connect'; code: string; message: string }
  | { kind: 'reset'; message: string }
  | { kind: 'timeout'; timer: TimerName; afterMs: number }
  | { kind: 'stream_error'; error: ProviderErrorBody }
  | { kind: 'cut_stream'; message: string }
  | { kind: 'malformed'; message: string }
  | { kind: 'credentials'; message: string }
  | { kind: 'refused'; message: string }
  /** `unsent`: nothing of the request had left, so the provider never heard of it. */
  | { kind: 'cancelled'; unsent?: boolean }

export type TimerName = 'connect' | 'attempt' | 'first_token' | 'idle' | 'total' | 'deadline'

/** The error object of OpenAI's and Azure's error bodies. */
export interface ProviderErrorBody {
  message: string
  type: string | null
  param: string | null
  code: string | null
  innererror?: unknown
}

export type FailureClass =
  | 'connect'
  | 'reset'
  | 'server_error'
  | 'overloaded'
  | 'attempt_timeout'
  | 'first_token_timeout'
  | 'idle_timeout'
  | 'total_timeout'
  | 'deadline'
  | 'rate_limited'
  | 'ptu_full'
  | 'content_filter'
  | 'context_length'
  | 'invalid_request'
  | 'credentials'
  | 'not_found'
  | 'retired'
  | 'cut_stream'
  | 'malformed'
  | 'refused'
  | 'cancelled'

/** One classified failure: what it was, and what routing may do about it (the table of docs/resilience). */
export interface Failure {
  class: FailureClass
  /** May the same deployment be asked again? */
  sameAgain: 'no' | 'backoff' | 'after_retry_after'
  /** May another candidate be asked? `larger_context` only one with more context tokens. */
  nextCandidate: 'no' | 'yes' | 'larger_context'
  /** Which breaker signal the failure counts for. */
  breakerSignal: 'health' | 'latency' | 'configuration' | null
  /** Milliseconds the provider asked to wait, when it said so. */
  retryAfterMs: number | null
  /** HTTP status of the provider's answer, when there was one. */
  status: number | null
  /** The provider's own error, or ours in the same shape; safe to show to the caller. */
  error: ProviderErrorBody
}
