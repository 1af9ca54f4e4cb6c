const secondMs = 1_000
const minuteMs = 60_000
const hourMs = 3_600_000

/** Pauses after the first, second, … try that failed; behind the last one the message is dead. About a day in all. */
const pausesMs: readonly number[] = [
  5 * secondMs,
  30 * secondMs,
  2 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  3 * hourMs,
  6 * hourMs,
  12 * hourMs,
]

export const mostTries = pausesMs.length + 1

/** The pause after `tries` failed tries, shortened by up to a fifth by `draw` (0 to 1); null = give up. */
export function deliveryPauseMs(tries: number, draw: number): number | null {
  const pause = pausesMs[tries - 1]
  return pause === undefined ? null : Math.round(pause * (1 - draw * 0.2))
}
