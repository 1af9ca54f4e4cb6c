import type { RequestDetail } from '#lib/contracts/requests'
import { planSpanId } from '#lib/telemetry/request-spans'

type Attempt = RequestDetail['attemptRows'][number]

/** A span of a request as the waterfall draws it. */
export interface SpanRow {
  /** Null in rows of versions before traces. */
  spanId: string | null
  /** As the exporters name it. */
  name: string
  /** Milliseconds from the request's start; fractions where they are known. */
  offsetMs: number
  durationMs: number
}

/** A request's span and those within it. */
export interface SpanTree {
  root: SpanRow
  /** Null in rows of versions before traces. */
  plan: SpanRow | null
  /** In the order in which they began. */
  attempts: readonly { row: SpanRow; attempt: Attempt }[]
  /** The length of the time axis. */
  wholeMs: number
}

/** The same tree that `requestSpans` exports, from what the ledger keeps. */
export function spanTree(request: RequestDetail): SpanTree {
  const { spanId, planUs, kind, latencyMs } = request
  const attempts = request.attemptRows.map((attempt) => {
    const { offsetMs, durationMs, model } = attempt
    const row: SpanRow = { spanId: attempt.spanId, name: `${kind} ${model}`, offsetMs, durationMs }
    return { row, attempt }
  })
  const ends = attempts.map(({ row }) => row.offsetMs + row.durationMs)
  return {
    root: { spanId, name: request.operation, offsetMs: 0, durationMs: latencyMs },
    plan:
      spanId === null || planUs === null
        ? null
        : { spanId: planSpanId(spanId), name: 'plan', offsetMs: 0, durationMs: planUs / 1000 },
    attempts,
    wholeMs: Math.max(1, latencyMs, ...ends),
  }
}
