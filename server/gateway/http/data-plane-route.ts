import type { Scope } from '#lib/contracts/access'
import type { RequestTags } from '#lib/gateway/request-tags'
import type { Principal } from '#server/access/principal'
import { getContainer } from '#server/container'
import type { Container } from '#server/create-container'
import type { RequestContext } from '#server/gateway/request-context'
import { AppError } from '#server/http/app-error'
import { errorHeaders, openAiErrorBody, toAppError } from '#server/http/error-response'
import { newRequestId, type TraceContext, traceContext } from '#server/http/request-id'

/** A data-plane request that has passed the door. */
export interface DataPlaneCall {
  container: Container
  principal: Principal
  requestId: string
  correlationId: string
  trace: TraceContext
  startedAtMs: number
  startedMs: number
  request: Request
  params: Readonly<Record<string, string>>
}

export type DataPlaneHandler = (call: DataPlaneCall) => Promise<Response>

export type DataPlaneRoute = (
  request: Request,
  params?: Readonly<Record<string, string>>,
) => Promise<Response>

const correlationPattern = /^[\w.:-]{1,128}$/

/**
 * The door of the data plane: request id, trace, API key, scope; every error leaves in OpenAI's shape.
 * The same function serves `server/main.ts` directly and, through `nextHandler`, Next's route files.
 */
export function dataPlaneRoute(scope: Scope, handle: DataPlaneHandler): DataPlaneRoute {
  return async (request, params = {}) => {
    const container = await getContainer()
    const requestId = newRequestId()
    const given = request.headers.get('x-correlation-id')
    const correlationId = given !== null && correlationPattern.test(given) ? given : requestId
    const trace = traceContext(request.headers.get('traceparent'))
    try {
      const principal = authenticate(container, request, scope)
      return await handle({
        container,
        principal,
        requestId,
        correlationId,
        trace,
        startedAtMs: container.clock.nowMs(),
        startedMs: container.clock.monotonicMs(),
        request,
        params,
      })
    } catch (thrown) {
      return refuse(container, {
        thrown,
        requestId,
        correlationId,
        traceId: trace.traceId,
        path: new URL(request.url).pathname,
      })
    }
  }
}

function authenticate(container: Container, request: Request, scope: Scope): Principal {
  const { authenticator } = container.access
  const principal = authenticator.authenticate(
    request.headers.get('authorization'),
    request.headers.get('api-key'),
  )
  authenticator.requireScope(principal, scope)
  return principal
}

interface Refusal {
  thrown: unknown
  requestId: string
  correlationId: string
  traceId: string
  path: string
}

function refuse(container: Container, { thrown, ...ids }: Refusal): Response {
  const { requestId, correlationId } = ids
  const error = toAppError(thrown)
  container.refusals.count(error.code)
  container.log.forError(error, { ...ids })
  const headers = {
    ...errorHeaders(error, requestId),
    'x-correlation-id': correlationId,
    'content-type': 'application/json',
  }
  return new Response(JSON.stringify(openAiErrorBody(error)), { status: error.status, headers })
}

/** @throws AppError while this instance takes no new work. */
export function requireAccepting(container: Pick<Container, 'isShuttingDown' | 'ledger'>): void {
  if (container.isShuttingDown()) {
    throw new AppError('shutting_down', {
      message: 'This instance is shutting down; send the request again.',
      retryAfterMs: 1000,
    })
  }
  if (!container.ledger.accepting()) {
    throw new AppError('ledger_unavailable', {
      message:
        'Neither the database nor the journal takes records, so no request is admitted; try again shortly.',
      retryAfterMs: 5000,
    })
  }
}

export function requestContext(call: DataPlaneCall, tags: RequestTags): RequestContext {
  const { requestId, correlationId, trace, principal, startedAtMs, startedMs } = call
  return {
    requestId,
    correlationId,
    trace,
    principal,
    tags,
    startedAtMs,
    startedMs,
    callerSignal: call.request.signal,
  }
}

type NextContext = { params: Promise<Record<string, string | string[] | undefined>> }

/** A data-plane route in the shape of a Next route handler. */
export function nextHandler(route: DataPlaneRoute) {
  return async (request: Request, context: NextContext): Promise<Response> => {
    const entries = Object.entries(await context.params).map(([name, value]) => [name, String(value ?? '')])
    return route(request, Object.fromEntries(entries))
  }
}
