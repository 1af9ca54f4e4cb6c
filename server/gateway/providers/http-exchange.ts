import type { Dispatcher } from 'undici'
import type { FailureEvidence, TimerName } from '#lib/gateway/failure'
import { type CallTimer, createCallTimer } from '#server/gateway/providers/call-timer'
import { type ConnectionStage, connectionEvidence } from '#server/gateway/providers/connection-evidence'
import { type AttemptTimers, ProviderError } from '#server/gateway/providers/provider'

export interface ExchangeRequest {
  origin: string
  path: string
  /** Names and values in turn. */
  headers: string[]
  body: string
  timers: AttemptTimers
  signal: AbortSignal
  /** Streams hand their chunks on as they come and obey the first-token and idle bounds. */
  streaming: boolean
}

export type ResponseHeaders = Readonly<Record<string, string>>

type Bound = Extract<TimerName, 'connect' | 'attempt' | 'first_token' | 'idle'>

/** Unread bytes at which the upstream is told to wait for a slow reader. */
const pauseAtBytes = 256 * 1024
/** How long and how much a finished stream may still say (`[DONE]`, end of body) before its socket is given up. */
const lingerMs = 1_000
const lingerBytes = 64 * 1024

/**
 * One POST over a pooled socket: undici's handler on one side, a reader on the other, one timer and one abort
 * listener in between. `opened` settles once; `read` is called by one reader at a time.
 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  status = 0
  headers: ResponseHeaders = {}
  private readonly request: ExchangeRequest
  private readonly startedAtMs = performance.now()
  private readonly timer: CallTimer<Bound> = createCallTimer((bound) => this.onDue(bound))
  private stage: ConnectionStage = 'connecting'
  private controller: Dispatcher.DispatchController | null = null
  private readonly chunks: Buffer[] = []
  private unreadBytes = 0
  /** The body is over, whether well or with `failure`. */
  private ended = false
  private failure: ProviderError | null = null
  private contentSeen = false
  private overdue: Bound | null = null
  private lingering = false
  private head: PromiseWithResolvers<void> | null = null
  private waiting: PromiseWithResolvers<Buffer | null> | null = null

  constructor(request: ExchangeRequest) {
    this.request = request
  }

  /** Sends the request; resolves when the status and the headers are there. @throws ProviderError */
  open(dispatcher: Dispatcher): Promise<void> {
    const { origin, path, headers, body, signal } = this.request
    if (signal.aborted) return Promise.reject(new ProviderError({ kind: 'cancelled', unsent: true }))
    this.head = Promise.withResolvers()
    signal.addEventListener('abort', this)
    this.setOpeningBound()
    const { promise } = this.head
    dispatcher.dispatch({ origin, path, method: 'POST', headers, body }, this)
    return promise
  }

  /** The next bytes of the body, `null` at its end. @throws ProviderError, after what came before the failure. */
  read(): Promise<Buffer | null> {
    const chunk = this.chunks.shift()
    if (chunk !== undefined) {
      this.unreadBytes -= chunk.length
      if (this.controller?.paused && this.unreadBytes < pauseAtBytes) this.controller.resume()
      return Promise.resolve(chunk)
    }
    if (this.failure !== null) return Promise.reject(this.failure)
    if (this.ended) return Promise.resolve(null)
    this.waiting = Promise.withResolvers()
    const { promise } = this.waiting
    if (this.contentSeen) this.setIdleBound()
    else if (this.overdue !== null) this.onDue(this.overdue)
    return promise
  }

  /** The first content has arrived: from now on silence between chunks is what is bounded. */
  markContent(): void {
    if (this.contentSeen) return
    this.contentSeen = true
    this.overdue = null
    if (this.request.timers.idleMs === null) this.timer.clear()
  }

  /** The reader has all it wants. Keeps the socket if the body ends at once, else gives it up. */
  finish(): void {
    if (this.ended) return
    this.request.signal.removeEventListener('abort', this)
    this.lingering = true
    this.chunks.length = 0
    this.unreadBytes = 0
    this.timer.set('idle', performance.now() + lingerMs)
    this.controller?.resume()
  }

  /** Ends the call down to the socket. No effect after `finish`. */
  cancel(): void {
    if (!this.lingering) this.fail({ kind: 'cancelled' })
  }

  /** Called when the call's signal aborts. */
  handleEvent(): void {
    this.chunks.length = 0
    this.fail(this.stage === 'connecting' ? { kind: 'cancelled', unsent: true } : { kind: 'cancelled' })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.failure !== null) {
      controller.abort(this.failure)
      return
    }
    this.stage = 'waiting'
    this.setOpeningBound()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    if (status < 200 || this.ended) return
    this.status = status
    this.headers = joinHeaders(headers)
    const streams = this.request.streaming && status < 300
    this.stage = streams ? 'reading_stream' : 'reading_whole'
    if (streams) this.setFirstTokenBound()
    this.head?.resolve()
    this.head = null
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.ended) return
    this.unreadBytes += chunk.length
    if (this.lingering) {
      if (this.unreadBytes > lingerBytes) this.fail({ kind: 'cancelled' })
      return
    }
    if (this.waiting !== null) {
      this.unreadBytes -= chunk.length
      const { resolve } = this.waiting
      this.waiting = null
      resolve(chunk)
      return
    }
    this.chunks.push(chunk)
    if (this.unreadBytes >= pauseAtBytes) controller.pause()
  }

  onResponseEnd(): void {
    if (this.ended) return
    this.end()
    this.waiting?.resolve(null)
    this.waiting = null
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(connectionEvidence(error, this.stage))
  }

  private end(): void {
    this.ended = true
    this.timer.clear()
    this.request.signal.removeEventListener('abort', this)
  }

  private fail(evidence: FailureEvidence): void {
    if (this.ended) return
    this.end()
    const failure = new ProviderError(evidence)
    this.failure = failure
    this.controller?.abort(failure)
    this.head?.reject(failure)
    this.head = null
    this.waiting?.reject(failure)
    this.waiting = null
  }

  private onDue(bound: Bound): void {
    const unread = this.stage === 'reading_stream' && this.waiting === null && !this.lingering
    if (unread) this.overdue = bound
    else this.fail(this.overdueEvidence(bound))
  }

  private overdueEvidence(bound: Bound): FailureEvidence {
    if (this.lingering) return { kind: 'cancelled' }
    if (bound !== 'connect') return { kind: 'timeout', timer: bound, afterMs: this.boundMs(bound) }
    const message = `no connection within ${this.request.timers.connectMs} ms`
    return { kind: 'connect', code: 'UND_ERR_CONNECT_TIMEOUT', message }
  }

  private boundMs(bound: Exclude<Bound, 'connect'>): number {
    const { attemptMs, firstTokenMs, idleMs } = this.request.timers
    return { attempt: attemptMs, first_token: firstTokenMs ?? 0, idle: idleMs ?? 0 }[bound]
  }

  /** Before the headers several bounds run at once: the one that ends first rules. */
  private setOpeningBound(): void {
    const { connectMs, attemptMs, firstTokenMs } = this.request.timers
    let bound: Bound = 'attempt'
    let ms = attemptMs
    if (this.request.streaming && firstTokenMs !== null && firstTokenMs < ms) {
      bound = 'first_token'
      ms = firstTokenMs
    }
    if (this.stage === 'connecting' && connectMs < ms) {
      bound = 'connect'
      ms = connectMs
    }
    this.timer.set(bound, this.startedAtMs + ms)
  }

  private setFirstTokenBound(): void {
    const { firstTokenMs } = this.request.timers
    if (firstTokenMs === null) this.timer.clear()
    else this.timer.set('first_token', this.startedAtMs + firstTokenMs)
  }

  private setIdleBound(): void {
    this.overdue = null
    const { idleMs } = this.request.timers
    if (idleMs !== null) this.timer.set('idle', performance.now() + idleMs)
  }
}

type RawHeaders = Record<string, string | string[] | undefined>

function joinHeaders(headers: RawHeaders): ResponseHeaders {
  const joined: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) joined[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return joined
}
