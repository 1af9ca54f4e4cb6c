import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { identifyingHeaders } from '#server/simulator/charge-limits'
import { type Exchange, sendJson } from '#server/simulator/exchange'
import { renderError } from '#server/simulator/render-error'
import { ROUTES, type Route } from '#server/simulator/routes'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import type { Surface } from '#server/simulator/surface'
import { badRequest, isWireError, type WireErrorParts } from '#server/simulator/wire-error'

const REGION_PREFIX = /^\/regions\/([^/]+)(?=\/)/

interface Matched {
  route: Route
  params: Record<string, string>
}

/** An unknown path is answered in the dialect its beginning suggests. */
function surfaceOfPath(path: string): Surface {
  if (path.startsWith('/v1/messages')) return 'anthropic'
  return path.startsWith('/v1/') ? 'openai' : 'azure_v1'
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw badRequest('The URL is not encoded correctly.')
  }
}

function matchRoute(method: string, path: string): Matched | null {
  for (const route of ROUTES) {
    const found = route.method === method ? route.pattern.exec(path) : null
    if (found === null) continue
    const groups = Object.entries(found.groups ?? {})
    return {
      route,
      params: Object.fromEntries(groups.map(([name, value]) => [name, decodePart(value)])),
    }
  }
  return null
}

function sendError(exchange: Exchange, surface: Surface, parts: WireErrorParts): void {
  const { response, id } = exchange
  if (response.headersSent) {
    response.destroy()
    return
  }
  const body = renderError(surface, parts, id)
  const headers = { ...identifyingHeaders(exchange, surface), ...parts.headers }
  sendJson(exchange, { status: parts.status, body, headers })
}

function failureOf(error: unknown): WireErrorParts {
  if (isWireError(error)) return error.parts
  const reason = error instanceof Error ? error.message : String(error)
  return { status: 500, code: 'simulator_defect', message: `The simulator itself failed: ${reason}` }
}

function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
): { exchange: Exchange; path: string } {
  const url = URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/')
  const region = REGION_PREFIX.exec(url.pathname)?.[1] ?? null
  const path = region === null ? url.pathname : url.pathname.replace(REGION_PREFIX, '')
  const over = new AbortController()
  response.once('close', () => over.abort())
  const exchange = { request, response, url, region, params: {}, signal: over.signal, id: randomUUID() }
  return { exchange, path }
}

async function serve(
  context: SimulatorContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { exchange, path } = openExchange(request, response)
  let surface = surfaceOfPath(path)
  try {
    const matched = matchRoute(request.method ?? 'GET', path)
    if (matched === null) {
      return sendError(exchange, surface, {
        status: 404,
        code: surface === 'openai' ? 'unknown_url' : '404',
        message: 'Resource not found',
      })
    }
    if (matched.route.surface !== null) {
      context.counter.add([])
      surface = matched.route.surface
    }
    await matched.route.handle(context, { ...exchange, params: matched.params })
  } catch (error) {
    // Whatever failed after the other side left (a wait, a read, a write) has nobody to be told to.
    if (!exchange.signal.aborted) sendError(exchange, surface, failureOf(error))
  }
}

/** The listener behind both ports. */
export function createRequestListener(context: SimulatorContext): RequestListener {
  return (request, response) => {
    void serve(context, request, response)
  }
}
