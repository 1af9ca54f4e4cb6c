export type AbortCause = 'caller' | 'deadline' | 'total' | 'shutdown'

/** The one abort of a request: whoever pulls it first gives the cause. */
export interface RequestAbort {
  signal: AbortSignal
  cause(): AbortCause | null
  abort(cause: AbortCause): void
  /** An abort for one of several calls of the request: pulled alone, or with the request's own. */
  fork(): AttemptAbort
  /** Replaces the running time limit: aborts with `cause` after `ms`. */
  limit(cause: 'deadline' | 'total', ms: number): void
  /** Ends timer and listener; must be called on every way out. */
  dispose(): void
}

/** Of one call; pulling it after the call has ended only lets go of it. */
export interface AttemptAbort {
  signal: AbortSignal
  abort(): void
}

/** Joins the caller's going away and the time limit of the moment into one signal. */
export function createRequestAbort(callerSignal: AbortSignal): RequestAbort {
  const controller = new AbortController()
  let cause: AbortCause | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  const forks = new Set<AbortController>()
  const abort = (why: AbortCause) => {
    if (cause) return
    cause = why
    controller.abort()
    for (const fork of forks) fork.abort()
    forks.clear()
  }
  const onCaller = () => abort('caller')
  if (callerSignal.aborted) abort('caller')
  else callerSignal.addEventListener('abort', onCaller, { once: true })
  return {
    signal: controller.signal,
    cause: () => cause,
    abort,
    fork() {
      const own = new AbortController()
      if (cause) own.abort()
      else forks.add(own)
      return {
        signal: own.signal,
        abort() {
          forks.delete(own)
          own.abort()
        },
      }
    },
    limit(why, ms) {
      if (timer) clearTimeout(timer)
      timer = setTimeout(abort, ms, why)
    },
    dispose() {
      if (timer) clearTimeout(timer)
      callerSignal.removeEventListener('abort', onCaller)
      forks.clear()
    },
  }
}
