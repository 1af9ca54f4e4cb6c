/** One server's door, as the load generator sees it. `origin` has no path. */
export interface Target {
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A closed loop of whole answers: every connection sends its next request when the last one is answered. */
export interface AnswersJob {
  readonly kind: 'answers'
  readonly target: Target
  readonly connections: number
  readonly warmupRequests: number
  readonly requests: number
}

/** The same with streams of `tokens` content chunks each. */
export interface StreamsJob {
  readonly kind: 'streams'
  readonly target: Target
  readonly connections: number
  readonly warmupRequests: number
  readonly requests: number
  readonly tokens: number
}

/**
 * An open loop of whole answers: requests arrive at random (a Poisson process) whatever becomes of those before them,
 * and each caller gives up after `patienceMs`. Counted are those that arrive within `measuredMs`, after `warmupMs` and
 * before as much load again as callers have patience.
 */
export interface ArrivalsJob {
  readonly kind: 'arrivals'
  readonly target: Target
  readonly seed: number
  readonly ratePerSecond: number
  readonly patienceMs: number
  readonly warmupMs: number
  readonly measuredMs: number
}

/**
 * Callers of all kinds (progressive and complete streams, whole answers, some that hang up) that judge what they get,
 * `lanes` at a time. Each one's fate is a line of JSON (`SoakCall`) appended to `callsPath`.
 */
export interface SoakJob {
  readonly kind: 'soak'
  readonly target: Omit<Target, 'body'>
  readonly seed: number
  readonly tiers: readonly string[]
  readonly lanes: number
  readonly durationMs: number
  readonly callsPath: string
}

export type LoadJob = AnswersJob | StreamsJob | ArrivalsJob | SoakJob

/** Percentiles of one measure, microseconds. */
export interface Spread {
  readonly p50Us: number
  readonly p95Us: number
  readonly p99Us: number
  readonly maxUs: number
}

interface LoadResult {
  readonly requests: number
  readonly failures: number
  /** The first failure in words; absent when there was none. */
  readonly firstFailure?: string
  readonly seconds: number
}

export interface AnswersResult extends LoadResult {
  readonly kind: 'answers'
  readonly latency: Spread
}

/**
 * `ttft`: request sent to first content chunk. `gap`: between two content chunks of one stream.
 * `transit`: from the upstream's write of a content chunk to its arrival here, one machine's clock.
 */
export interface StreamsResult extends LoadResult {
  readonly kind: 'streams'
  readonly ttft: Spread
  readonly gap: Spread
  readonly transit: Spread
}

/**
 * `admitted`: latency of those that were not refused; whoever gave up counts with its patience. `refusals`: latency of
 * the others. `lateness`: how much later than planned the generator sent.
 */
export interface ArrivalsResult extends LoadResult {
  readonly kind: 'arrivals'
  /** With those of warm-up and cool-down. */
  readonly sent: number
  readonly answered: number
  readonly refused: number
  readonly refusedWithoutRetryAfter: number
  readonly gaveUp: number
  readonly admitted: Spread
  readonly refusals: Spread
  readonly lateness: Spread
}

/** `failures`: calls whose caller saw what nobody should see. */
export interface SoakResult extends LoadResult {
  readonly kind: 'soak'
}

export type JobResult = AnswersResult | StreamsResult | ArrivalsResult | SoakResult

/** Parent to generator. `go` follows `warm`, so that the parent can read the server's CPU time in between. */
export type ToGenerator = { readonly kind: 'job'; readonly job: LoadJob } | { readonly kind: 'go' }

/** Generator to parent, in this order: `warm`, `done`; or `failed` at any time. */
export type FromGenerator =
  | { readonly kind: 'warm' }
  | { readonly kind: 'done'; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly message: string }
