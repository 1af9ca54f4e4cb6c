import type { RequestTags } from '#lib/gateway/request-tags'
import type { Principal } from '#server/access/principal'
import type { TraceContext } from '#server/http/request-id'

/** One data-plane request from the door to the ledger. */
export interface RequestContext {
  requestId: string
  correlationId: string
  trace: TraceContext
  principal: Principal
  tags: RequestTags
  /** Milliseconds since 1970. */
  startedAtMs: number
  /** The same moment on the clock that never jumps. */
  startedMs: number
  /** Aborts when the caller goes away. */
  callerSignal: AbortSignal
}
