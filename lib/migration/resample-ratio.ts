import type { Interval } from '#lib/experiments/interval'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'

/** What both sides of one pair were measured at, both ≥ 0. */
export interface PairedValues {
  baseline: number
  candidate: number
}

export interface ResampleOptions {
  /** One number of a side's values, e.g. their 95th percentile. */
  statistic: (values: readonly number[]) => number
  /** Chance that the interval misses, 0–1. */
  alpha: number
  seed: number
  rounds?: number
}

/** Statistic of the candidate ÷ that of the baseline; null without a pair, or where the baseline's is 0. */
export interface ResampledRatio {
  baseline: number
  candidate: number
  ratio: number
  interval: Interval
}

/**
 * Interval of a ratio of two statistics by drawing whole pairs again, so that what is hard for both sides stays so.
 * The same seed gives the same interval. For one look at a finished set.
 * Source: B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13: percentile intervals.
 */
export function resampleRatio(
  pairs: readonly PairedValues[],
  { statistic, alpha, seed, rounds = 1_000 }: ResampleOptions,
): ResampledRatio | null {
  if (pairs.length === 0) return null
  const sides = (of: readonly PairedValues[]) => ({
    baseline: statistic(of.map(({ baseline }) => baseline)),
    candidate: statistic(of.map(({ candidate }) => candidate)),
  })
  const seen = sides(pairs)
  if (!(seen.baseline > 0)) return null
  const random = createSeededRandom(seed)
  const drawn = Array.from({ length: rounds }, () => {
    const { baseline, candidate } = sides(pairs.map(() => random.pick(pairs)))
    return baseline > 0 ? candidate / baseline : Number.POSITIVE_INFINITY
  }).toSorted((a, b) => a - b)
  const at = (share: number) => drawn[Math.min(rounds - 1, Math.floor(share * rounds))] ?? Number.NaN
  return {
    ...seen,
    ratio: seen.candidate / seen.baseline,
    interval: { lower: at(alpha / 2), upper: at(1 - alpha / 2) },
  }
}
