import type { Interval } from '#lib/experiments/interval'
import { lnProportionEvidence } from '#lib/experiments/proportion-bounds'

/**
 * Confidence sequence of the `q`-quantile (0 < q < 1) of independent values of one distribution, as values of the sorted
 * sample; minus and plus infinity where the sample does not reach. With probability ≥ 1 − α it holds the true one at all
 * times.
 *
 * At the true quantile each value lies at or below with probability q, so the ranks that Robbins' mixture does not reject
 * bound it; ties only widen it.
 * Source: S. R. Howard and A. Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm
 * identification", Bernoulli 28 (2022), with an exact mixture in place of their boundary.
 */
export function quantileBounds(
  sorted: readonly number[],
  { q, alpha }: { q: number; alpha: number },
): Interval {
  const trials = sorted.length
  const limit = Math.log(1 / alpha)
  const isRejected = (events: number) => lnProportionEvidence({ events, trials }, q) > limit
  const middle = Math.round(q * trials)
  const least = firstRank(0, middle, (rank) => !isRejected(rank))
  const most = firstRank(middle, trials + 1, isRejected) - 1
  return {
    lower: sorted[least - 1] ?? Number.NEGATIVE_INFINITY,
    upper: sorted[most] ?? Number.POSITIVE_INFINITY,
  }
}

/** The first whole number in [from, to) that fulfils it, where all after the first do; else `to`. */
function firstRank(from: number, to: number, fulfils: (rank: number) => boolean): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (fulfils(middle)) high = middle
    else low = middle + 1
  }
  return low
}
