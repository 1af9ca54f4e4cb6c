import { type HeldOutErrors, sumVariance } from '#lib/costs/forecast-spread'
import { tQuantile } from '#lib/costs/t-quantile'

export interface BandInput {
  /** What each coming day is expected to cost, in USD; of today what is left of it. */
  expectedUsd: readonly number[]
  errors: HeldOutErrors
  smoothing: number
  /** Share of outcomes that should lie inside. */
  coverage: number
}

/** The sum of the days up to and including one of them. */
export interface Band {
  usd: number
  lowUsd: number
  highUsd: number
}

/** Half of the mean error of earlier forecasts moves the band's middle: it may not go on. */
const biasTaken = 0.5

/** The growing sum of the coming days, with the interval around it; never below nothing. */
export function forecastBands({ expectedUsd, errors, smoothing, coverage }: BandInput): Band[] {
  const width = tQuantile(0.5 + coverage / 2, errors.effectiveCount) * errors.dayShare
  let usd = 0
  return expectedUsd.map((expected, index) => {
    usd += expected
    const days = index + 1
    const half = (usd / days) * width * Math.sqrt(sumVariance(days, smoothing))
    const middle = usd * (1 + errors.bias * biasTaken)
    return { usd, lowUsd: Math.max(0, Math.min(usd, middle - half)), highUsd: Math.max(usd, middle + half) }
  })
}
