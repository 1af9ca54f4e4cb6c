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

export type LoadJob = AnswersJob | StreamsJob

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

/** Parent to generator. `go` follows `warm`, so that the parent can read the server's CPU time in between. */
export type ToGenerator = { readonly kind: 'job'; readonly job: LoadJob } | { readonly kind: 'go' }

/** Generator to parent, in this order: `warm`, `done`; or `failed` at any time. */
export type FromGenerator =
  | { readonly kind: 'warm' }
  | { readonly kind: 'done'; readonly result: AnswersResult | StreamsResult }
  | { readonly kind: 'failed'; readonly message: string }
