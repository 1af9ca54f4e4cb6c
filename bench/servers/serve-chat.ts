import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Dialect } from '#bench/servers/mock-answers'

/** One chat request to a mock upstream, read whole. */
export interface ChatCall {
  readonly dialect: Dialect
  /** Azure's deployment name; empty in OpenAI's dialect. */
  readonly deployment: string
  readonly body: string
  readonly response: ServerResponse
}

/** A chat request whose headers are there. */
export interface ChatArrival {
  readonly deployment: string
  /** Azure's `x-ms-client-request-id`; empty when the caller sent none. */
  readonly clientRequestId: string
}

export interface ChatService {
  readonly answer: (call: ChatCall) => void
  /** How long an idle connection is kept, and callers are told so; ten minutes unless given. */
  readonly keepAliveMs?: number
  /** Told of every chat request as soon as its headers are there. */
  readonly arrived?: (arrival: ChatArrival) => void
  /** What `GET /state` answers; `sockets` are the connections that are open. */
  readonly state?: (sockets: number) => unknown
}

interface Address {
  readonly dialect: Dialect
  readonly deployment: string
}

function addressOf(path: string): Address | undefined {
  if (path === '/v1/chat/completions') return { dialect: 'openai', deployment: '' }
  const name = /^\/openai\/deployments\/([^/]+)\/chat\/completions(\?|$)/.exec(path)?.[1]
  return name === undefined ? undefined : { dialect: 'azure', deployment: name }
}

/** Answers with OpenAI's error object. */
export function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({
      error: { message: `bench upstream: ${status}`, type: 'invalid_request_error', param: null, code: null },
    }),
  )
}

function take(service: ChatService, address: Address, exchange: Exchange): void {
  const { request, response } = exchange
  const clientRequestId = String(request.headers['x-ms-client-request-id'] ?? '')
  service.arrived?.({ deployment: address.deployment, clientRequestId })
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    try {
      service.answer({ ...address, body: Buffer.concat(parts).toString('utf8'), response })
    } catch (error) {
      console.error('mock upstream:', error)
      refuse(response, 400)
    }
  })
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Serves `POST /v1/chat/completions` (OpenAI) and `POST /openai/deployments/{name}/chat/completions` (Azure) on a
 * loopback port (PORT; 0 picks a free one); prints `listening <port>` when ready.
 */
export function serveChat(service: ChatService): void {
  let sockets = 0
  const server = createServer({ keepAliveTimeout: service.keepAliveMs ?? 600_000 }, (request, response) => {
    const address = addressOf(request.url ?? '')
    if (request.method === 'POST' && address !== undefined) {
      take(service, address, { request, response })
      return
    }
    request.resume()
    if (request.url !== '/state' || service.state === undefined) {
      refuse(response, 404)
      return
    }
    // The connection that asks does not count.
    const state = JSON.stringify(service.state(sockets - 1))
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(state)
  })
  server.on('connection', (socket) => {
    sockets += 1
    socket.on('close', () => {
      sockets -= 1
    })
  })
  server.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1', backlog: 4096 }, () => {
    const address = server.address() as AddressInfo
    console.log(`listening ${address.port}`)
  })
}
