import { Agent } from 'undici'
import {
  type ExchangeRequest,
  HttpExchange,
  type ResponseHeaders,
} from '#server/gateway/providers/http-exchange'
import { ProviderError } from '#server/gateway/providers/provider'

export interface TransportOptions {
  /** PEM certificates trusted instead of the system's, such as the simulator's. */
  ca?: string
  /** Upper bound of opening one socket, TLS included; a call's own `connectMs` may be shorter. */
  connectTimeoutMs: number
}

export type HttpPost = Omit<ExchangeRequest, 'streaming'>

export interface HttpAnswer {
  headers: ResponseHeaders
  text: string
}

export interface HttpStream {
  headers: ResponseHeaders
  /** The next bytes, `null` at a clean end of the body. @throws ProviderError */
  read(): Promise<Buffer | null>
  /** To be called at the first content: the idle bound takes over from the first-token bound. */
  markContent(): void
  /** The reader has all it wants; the socket is kept if the body ends at once. */
  finish(): void
  /** Ends the call down to the socket. No effect after `finish`. */
  cancel(): void
}

/** Sends POSTs to providers through one pool of sockets. Follows no redirects and repeats nothing. */
export interface Transport {
  /** The whole answer within `attemptMs`. @throws ProviderError, with `http` evidence unless the status is 2xx */
  post(request: HttpPost): Promise<HttpAnswer>
  /** Resolves at the headers of a 2xx answer. @throws ProviderError */
  stream(request: HttpPost): Promise<HttpStream>
  /** Destroys all sockets; calls under way fail. */
  close(): Promise<void>
}

const keepAliveMs = 30_000
const largestErrorBytes = 64 * 1024
/** Above any answer of the services we call (2,048 embeddings of 3,072 floats); protects the process. */
const largestAnswerBytes = 256 * 1024 * 1024

/** Opens the pool: HTTP/1.1, one request at a time on a socket, TLS 1.2 or newer. */
export function createTransport({ ca, connectTimeoutMs }: TransportOptions): Transport {
  const agent = new Agent({
    allowH2: false,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    connect: { timeout: connectTimeoutMs, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
  })

  async function open(request: ExchangeRequest): Promise<HttpExchange> {
    const exchange = new HttpExchange(request)
    await exchange.open(agent)
    if (exchange.status >= 200 && exchange.status < 300) return exchange
    const body = await readErrorBody(exchange)
    throw new ProviderError({ kind: 'http', status: exchange.status, headers: exchange.headers, body })
  }

  return {
    async post(request) {
      const exchange = await open({ ...request, streaming: false })
      return { headers: exchange.headers, text: await readText(exchange) }
    },
    stream: (request) => open({ ...request, streaming: true }),
    close: () => agent.destroy(),
  }
}

async function readText(exchange: HttpExchange): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for (let chunk = await exchange.read(); chunk !== null; chunk = await exchange.read()) {
    bytes += chunk.length
    if (bytes > largestAnswerBytes) {
      exchange.cancel()
      throw new ProviderError({
        kind: 'malformed',
        message: `the answer is larger than ${largestAnswerBytes} bytes`,
      })
    }
    chunks.push(chunk)
  }
  return (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString('utf8')
}

/** The status is known already, so a body that is lost, late or too long only shortens the evidence. */
async function readErrorBody(exchange: HttpExchange): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for (let chunk = await exchange.read(); chunk !== null; chunk = await exchange.read()) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= largestErrorBytes) {
        exchange.cancel()
        break
      }
    }
  } catch (error) {
    if (!ProviderError.is(error) || error.evidence.kind === 'cancelled') throw error
  }
  return Buffer.concat(chunks).subarray(0, largestErrorBytes).toString('utf8')
}
