export interface StartHourInput {
  /** Cost of consecutive hours, in USD, the first of them the first of a UTC day. */
  hoursUsd: readonly number[]
  /** Cost of a day before the change and since. */
  beforeUsdPerDay: number
  nowUsdPerDay: number
  /** Shares of a day's cost by hour of the day, 24 of them. */
  dayShape: readonly number[]
}

/**
 * The index of the hour from which on the hours are more like the days since than like those before: the split with the
 * least absolute distance from both.
 */
export function findStartHour({ hoursUsd, beforeUsdPerDay, nowUsdPerDay, dayShape }: StartHourInput): number {
  const share = (index: number) => dayShape[index % 24] ?? 1 / 24
  let distance = hoursUsd.reduce((sum, usd, index) => sum + Math.abs(usd - nowUsdPerDay * share(index)), 0)
  let best = { at: 0, distance }
  hoursUsd.forEach((usd, index) => {
    distance += Math.abs(usd - beforeUsdPerDay * share(index)) - Math.abs(usd - nowUsdPerDay * share(index))
    // An hour in which nothing was asked says nothing: it belongs to before.
    if (distance <= best.distance + 1e-9) best = { at: index + 1, distance }
  })
  return Math.min(best.at, hoursUsd.length - 1)
}
