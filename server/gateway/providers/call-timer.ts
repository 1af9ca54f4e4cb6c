/** The longest delay `setTimeout` takes; longer ones would fire at once. */
const longestTimeoutMs = 2 ** 31 - 1

/** One timer for all bounds of a call: the bound in force has a name and a due time. */
export interface CallTimer<Name extends string> {
  /** Replaces the bound in force; `dueAtMs` is on the `performance.now()` clock. */
  set(name: Name, dueAtMs: number): void
  /** No bound is in force any more, and no system timer is left. */
  clear(): void
}

/**
 * Makes a timer that calls `onDue` with the bound's name once it is over. A bound moved further away costs no new
 * system timer: the running one looks again when it fires.
 */
export function createCallTimer<Name extends string>(onDue: (name: Name) => void): CallTimer<Name> {
  let handle: NodeJS.Timeout | null = null
  let firesAtMs = Number.POSITIVE_INFINITY
  let dueAtMs = Number.POSITIVE_INFINITY
  let current: Name | null = null

  function arm(): void {
    firesAtMs = dueAtMs
    handle = setTimeout(fire, Math.min(longestTimeoutMs, Math.max(0, dueAtMs - performance.now())))
  }

  function fire(): void {
    handle = null
    if (current === null) return
    if (performance.now() < dueAtMs - 1) {
      arm()
      return
    }
    const name = current
    current = null
    onDue(name)
  }

  function clear(): void {
    current = null
    if (handle !== null) clearTimeout(handle)
    handle = null
  }

  return {
    set(name, due) {
      current = name
      dueAtMs = due
      if (handle !== null && firesAtMs <= due) return
      if (handle !== null) clearTimeout(handle)
      arm()
    },
    clear,
  }
}
