import type { Interval } from '#lib/experiments/interval'

/** Sums over the values seen so far, all of them in [0, 1]: all that has to be kept between two looks. */
export interface MeanSample {
  count: number
  sum: number
  /** Squared distances from the running mean. */
  spread: number
  /** Sums of the bets, of bet × value, and of the variance term. */
  bets: number
  betValues: number
  betSpread: number
}

/** Before anything was seen. */
export const noMeanSample: Readonly<MeanSample> = {
  count: 0,
  sum: 0,
  spread: 0,
  bets: 0,
  betValues: 0,
  betSpread: 0,
}

const mostBet = 0.5

/**
 * Takes one more value in [0, 1] into account; `alpha` must be the same throughout.
 * Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", J. R. Stat. Soc. B 86
 * (2024), theorem 2: predictable plug-in empirical Bernstein.
 * @throws RangeError for a value outside [0, 1].
 */
export function addMeanValue(sample: MeanSample, value: number, alpha: number): MeanSample {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`a value of ${value} is outside 0 to 1`)
  const { count, sum, spread } = sample
  const variance = (0.25 + spread) / (count + 1)
  const t = count + 1
  const bet = Math.min(mostBet, Math.sqrt((2 * Math.log(2 / alpha)) / (variance * t * Math.log(1 + t))))
  const before = (0.5 + sum) / (count + 1)
  const after = (0.5 + sum + value) / (count + 2)
  return {
    count: t,
    sum: sum + value,
    spread: spread + (value - after) ** 2,
    bets: sample.bets + bet,
    betValues: sample.betValues + bet * value,
    betSpread: sample.betSpread + (value - before) ** 2 * (-Math.log(1 - bet) - bet),
  }
}

/** Confidence sequence of the mean: holds the true one at all times at once with probability ≥ 1 − α. */
export function meanBounds({ bets, betValues, betSpread }: MeanSample, alpha: number): Interval {
  if (bets === 0) return { lower: 0, upper: 1 }
  const centre = betValues / bets
  const radius = (Math.log(2 / alpha) + betSpread) / bets
  return { lower: Math.max(0, centre - radius), upper: Math.min(1, centre + radius) }
}

/** Of the difference of two means, candidate − baseline; each sample was built with half of `alpha`. */
export function meanDifference(
  { baseline, candidate }: { baseline: MeanSample; candidate: MeanSample },
  alpha: number,
): Interval {
  const [old, fresh] = [meanBounds(baseline, alpha / 2), meanBounds(candidate, alpha / 2)]
  return { lower: fresh.lower - old.upper, upper: fresh.upper - old.lower }
}
