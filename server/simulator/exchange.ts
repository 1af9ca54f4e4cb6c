import type { IncomingMessage, ServerResponse } from 'node:http'
import { badRequest, WireError } from '#server/simulator/wire-error'

/** One request being answered. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  /** From the `/regions/{region}` prefix. */
  region: string | null
  /** Named groups of the route's pattern, decoded. */
  params: Readonly<Record<string, string>>
  /** Fires when the exchange ends, whoever ended it. */
  signal: AbortSignal
  /** Unique per request; sent back in the provider's request-id headers. */
  id: string
}

const LARGEST_BODY_BYTES = 20 * 1024 * 1024

/** The named header as one string, or null. */
export function headerOf(exchange: Exchange, name: string): string | null {
  const value = exchange.request.headers[name]
  return typeof value === 'string' ? value : null
}

/** The whole body; throws a WireError (413) when it is too large. */
export async function readBytes({ request }: Exchange): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  // A body that is too large is read to its end all the same: a caller still writing would not see the refusal.
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= LARGEST_BODY_BYTES) chunks.push(chunk)
    else chunks.length = 0
  }
  if (bytes <= LARGEST_BODY_BYTES) return Buffer.concat(chunks)
  throw new WireError({
    status: 413,
    code: 'request_too_large',
    message: 'The request body is larger than 20 MB.',
  })
}

/** The body as text; throws a WireError (400, 413) when it is too large or not UTF-8. */
export async function readText(exchange: Exchange): Promise<string> {
  const body = await readBytes(exchange)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw badRequest('The request body is not valid UTF-8.')
  }
}

/** The body as a JSON object; throws a WireError (400, 413) otherwise. */
export async function readJsonObject(exchange: Exchange): Promise<Record<string, unknown>> {
  const text = await readText(exchange)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw badRequest('We could not parse the JSON body of your request.')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw badRequest('The request body has to be a JSON object.')
  }
  return Object.fromEntries(Object.entries(parsed))
}

/** Sends a whole JSON answer. */
export function sendJson(
  { response }: Exchange,
  answer: { status: number; body: unknown; headers?: Readonly<Record<string, string>> },
): void {
  const text = Buffer.from(JSON.stringify(answer.body))
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': String(text.length),
    ...answer.headers,
  })
  response.end(text)
}

/** Resolves when the exchange is over; for answers that never come. */
export function untilOver({ signal }: Exchange): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Drops the connection at once: with a TCP reset on plain HTTP, without close_notify on TLS. */
export function resetConnection({ request }: Exchange): void {
  const { socket } = request
  if ('encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}
