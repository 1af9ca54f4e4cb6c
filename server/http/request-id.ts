import { randomBytes } from 'node:crypto'

let pool = Buffer.alloc(0)
let used = 0

/** 16 fresh random bytes as hex, drawn from a refilled pool since one system call a request costs more than the rest. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(4096)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}

/** In which a request's id is handed on within the program; set anew wherever it is read. */
export const requestIdHeader = 'x-huntaze-request-id'

/** `req_` and 128 random bits. */
export function newRequestId(): string {
  return `req_${randomHex(16)}`
}

/** A fresh W3C span id: 16 hex digits. */
export function newSpanId(): string {
  return randomHex(8)
}

/** Where a request stands in its trace; W3C Trace Context (https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  traceId: string
  /** The request's own span. */
  spanId: string
  /** The caller's span; null when the trace began here. */
  parentSpanId: string | null
  /** Two hex digits, handed on as they came; the lowest bit says that the caller records this trace. */
  flags: string
}

const incoming = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** Continues the caller's trace when its `traceparent` is valid, else starts one. */
export function traceContext(header: string | null): TraceContext {
  const match = header ? incoming.exec(header) : null
  const valid = match && !/^0+$/.test(match[1] ?? '') && !/^0+$/.test(match[2] ?? '')
  const traceId = valid && match[1] ? match[1] : randomHex(16)
  const parentSpanId = (valid && match[2]) || null
  return { traceId, spanId: newSpanId(), parentSpanId, flags: (valid && match[3]) || '01' }
}

/** The `traceparent` under which a span of this trace calls others. */
export function traceparentOf({ traceId, flags }: TraceContext, spanId: string): string {
  return `00-${traceId}-${spanId}-${flags}`
}
