export type AbortCause = 'caller' | 'deadline' | 'total' | 'shutdown'

/** The one abort of a request: whoever pulls it first gives the cause. */
export interface RequestAbort {
  signal: AbortSignal
  cause(): AbortCause | null
  abort(cause: AbortCause): void
  /** Replaces the running time limit: aborts with `cause` after `ms`. */
  limit(cause: 'deadline' | 'total', ms: number): void
  /** Ends timer and listener; must be called on every way out. */
  dispose(): void
}

/** Joins the caller's going away and the time limit of the moment into one signal. */
export function createRequestAbort(callerSignal: AbortSignal): RequestAbort {
  const controller = new AbortController()
  let cause: AbortCause | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  const abort = (why: AbortCause) => {
    if (cause) return
    cause = why
    controller.abort()
  }
  const onCaller = () => abort('caller')
  if (callerSignal.aborted) abort('caller')
  else callerSignal.addEventListener('abort', onCaller, { once: true })
  return {
    signal: controller.signal,
    cause: () => cause,
    abort,
    limit(why, ms) {
      if (timer) clearTimeout(timer)
      timer = setTimeout(abort, ms, why)
    },
    dispose() {
      if (timer) clearTimeout(timer)
      callerSignal.removeEventListener('abort', onCaller)
    },
  }
}
