import type { Dispatcher } from 'undici'
import type { Target } from '#bench/load/load-jobs'

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** How a request ended, as its caller saw it. */
export type ExchangeEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: ResponseHeaders }
  /** The caller gave up after its time. */
  | { readonly kind: 'left' }
  | { readonly kind: 'failed'; readonly message: string }

export interface Exchange {
  readonly dispatcher: Dispatcher
  readonly target: Omit<Target, 'origin'> & { readonly origin?: string }
  /** The caller hangs up after so many milliseconds; null = never. */
  readonly leaveAfterMs: number | null
  readonly onData: (status: number, chunk: Buffer) => void
}

/** Sends one request and passes its body on as it comes; hangs up, down to the socket, when its time is over. */
export function exchange({ dispatcher, target, leaveAfterMs, onData }: Exchange): Promise<ExchangeEnd> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined
    let status = 0
    let headers: ResponseHeaders = {}
    let isOver = false
    const settle = (end: ExchangeEnd) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      resolve(end)
    }
    const leave = () => {
      settle({ kind: 'left' })
      controller?.abort(new Error('the caller hung up'))
    }
    const timer = leaveAfterMs === null ? undefined : setTimeout(leave, leaveAfterMs)
    dispatcher.dispatch(
      {
        origin: target.origin,
        method: 'POST',
        path: target.path,
        headers: target.headers,
        body: target.body,
      },
      {
        onRequestStart: (started) => {
          controller = started
          if (isOver) started.abort(new Error('the caller hung up'))
        },
        onResponseStart: (_controller, statusCode, received) => {
          status = statusCode
          headers = received
        },
        onResponseData: (_controller, chunk) => {
          if (!isOver) onData(status, chunk)
        },
        onResponseEnd: () => settle({ kind: 'answered', status, headers }),
        onResponseError: (_controller, error) =>
          settle({ kind: 'failed', message: `${error.name}: ${error.message}` }),
      },
    )
  })
}
