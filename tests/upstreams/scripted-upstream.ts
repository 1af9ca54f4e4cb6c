import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { SecureVersion } from 'node:tls'

/** What the upstream does with one request, in order. After the last step the answer is ended if it was begun. */
export type Step =
  /** A whole JSON answer. */
  | { kind: 'json'; body: unknown; status?: number; headers?: Record<string, string> }
  /** Status and headers, sent at once; `text/event-stream` unless told. */
  | { kind: 'head'; status?: number; headers?: Record<string, string> }
  /** Raw bytes of the body. */
  | { kind: 'chunk'; data: string | Uint8Array }
  /** Raw bytes of the connection, past HTTP. */
  | { kind: 'raw'; data: string }
  /** Goes on when the promise settles. */
  | { kind: 'wait'; until: Promise<unknown> }
  | { kind: 'delay'; ms: number }
  /** Ends the answer and leaves the steps after it undone. */
  | { kind: 'end' }
  /** Closes the socket under the caller. */
  | { kind: 'destroy' }
  /** Leaves the answer open until the caller goes. */
  | { kind: 'never' }

export type Script = readonly Step[] | ((request: RecordedRequest) => readonly Step[])

export interface RecordedRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  /** The body as text. */
  body: string
  /** Settles when the exchange is over: `ended` normally, or `aborted` by either side. */
  over: Promise<'ended' | 'aborted'>
}

export interface UpstreamOptions {
  /** Serves TLS; both PEM. */
  tls?: {
    key: string
    cert: string
    maxVersion?: SecureVersion
    minVersion?: SecureVersion
    ciphers?: string
  }
}

/** A provider that does exactly what a test tells it to. */
export interface ScriptedUpstream {
  url: string
  /** Every request whose body has arrived, oldest first. */
  requests: readonly RecordedRequest[]
  /** Answers the coming requests in turn; the last script goes on for all after it. */
  respond(...scripts: Script[]): void
  /** Resolves with the request of this number, counted from 0, once it has arrived whole. */
  arrived(number: number): Promise<RecordedRequest>
  /** Connections accepted so far. */
  connections(): number
  /** Connections open now. */
  openSockets(): number
  close(): Promise<void>
}

/** Starts an upstream on a free loopback port; it answers 500 until `respond` is called. */
export async function startScriptedUpstream(options: UpstreamOptions = {}): Promise<ScriptedUpstream> {
  const requests: RecordedRequest[] = []
  const sockets = new Set<Socket>()
  const waiting = new Map<number, PromiseWithResolvers<RecordedRequest>>()
  let scripts: Script[] = [[{ kind: 'json', status: 500, body: { error: { message: 'no script' } } }]]
  let accepted = 0

  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls)
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void readBody(request).then((body) => {
      if (body === null) return
      const recorded = record({ request, response, body })
      waiting.get(requests.push(recorded) - 1)?.resolve(recorded)
      const script = (scripts.length > 1 ? scripts.shift() : scripts[0]) ?? []
      return play(typeof script === 'function' ? script(recorded) : script, response)
    })
  })
  server.on('connection', (socket: Socket) => {
    accepted += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    respond(...next) {
      scripts = next
    },
    arrived(number) {
      const there = requests[number]
      if (there !== undefined) return Promise.resolve(there)
      const pending = waiting.get(number) ?? Promise.withResolvers<RecordedRequest>()
      waiting.set(number, pending)
      return pending.promise
    },
    connections: () => accepted,
    openSockets: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** `data: {json}\n\n` for each event; strings go as they are. */
export function sse(...events: readonly unknown[]): string {
  return events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('')
}

/** `null` when the caller went away before the body was whole. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
  } catch {
    return null
  }
  return Buffer.concat(chunks).toString('utf8')
}

interface Arrived {
  request: IncomingMessage
  response: ServerResponse
  body: string
}

function record({ request, response, body }: Arrived): RecordedRequest {
  const over = new Promise<'ended' | 'aborted'>((resolve) => {
    response.on('close', () => resolve(response.writableFinished ? 'ended' : 'aborted'))
  })
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body, over }
}

async function play(steps: readonly Step[], response: ServerResponse): Promise<void> {
  for (const step of steps) {
    if (response.destroyed) return
    if ((await act(step, response)) === 'stop') return
  }
  if (response.headersSent) response.end()
}

async function act(step: Step, response: ServerResponse): Promise<'go on' | 'stop'> {
  switch (step.kind) {
    case 'json':
      response.writeHead(step.status ?? 200, { 'content-type': 'application/json', ...step.headers })
      response.end(JSON.stringify(step.body))
      return 'stop'
    case 'head':
      response.writeHead(step.status ?? 200, { 'content-type': 'text/event-stream', ...step.headers })
      response.flushHeaders()
      return 'go on'
    case 'chunk':
      await new Promise((resolve) => response.write(step.data, resolve))
      return 'go on'
    case 'raw':
      response.socket?.write(step.data)
      return 'go on'
    case 'wait':
      await step.until
      return 'go on'
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, step.ms))
      return 'go on'
    case 'end':
      response.end()
      return 'stop'
    case 'destroy':
      response.socket?.destroy()
      return 'stop'
    case 'never':
      return 'stop'
  }
}
