/** Time as the program sees it; tests pass their own. */
export interface Clock {
  /** Milliseconds since 1970 (wall clock). */
  nowMs(): number
  /** Milliseconds of a clock that never jumps, for durations. */
  monotonicMs(): number
}

export const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }
