/** Windows over which ratios of bad events are observed, as the label `window` names them. */
export const burnWindows = ['5m', '30m', '1h', '6h', '3d'] as const
export type BurnWindow = (typeof burnWindows)[number]

const minuteMs = 60_000
export const windowMs: Readonly<Record<BurnWindow, number>> = {
  '5m': 5 * minuteMs,
  '30m': 30 * minuteMs,
  '1h': 60 * minuteMs,
  '6h': 360 * minuteMs,
  '3d': 4_320 * minuteMs,
}

const dayMs = 86_400_000

/** How many times faster than its objective allows a service uses up its error budget: 1 uses it up in the period. */
export function burnRate(badRatio: number, objective: number): number {
  return badRatio / (1 - objective)
}

/** The burn rate that uses up `budgetShare` of a period's error budget within the window. */
export function burnRateLimit({
  budgetShare,
  window,
  periodDays,
}: {
  budgetShare: number
  window: BurnWindow
  periodDays: number
}): number {
  return (budgetShare * periodDays * dayMs) / windowMs[window]
}
