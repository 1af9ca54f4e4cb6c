/**
 * One metric of one variant as sums over its units, each of which brings a total x over n things (requests, answers,
 * scores): all that a ratio of totals and its scatter between units need.
 */
export interface UnitSample {
  /** Units with n > 0. */
  units: number
  /** Σ n */
  count: number
  /** Σ x */
  sum: number
  /** Σ n² */
  countSquares: number
  /** Σ x² */
  sumSquares: number
  /** Σ x·n */
  products: number
}

/** Before anything was seen. */
export const noUnitSample: Readonly<UnitSample> = {
  units: 0,
  count: 0,
  sum: 0,
  countSquares: 0,
  sumSquares: 0,
  products: 0,
}

/** A mean with the variance of its own estimate. */
export interface MeanEstimate {
  mean: number
  variance: number
}

/**
 * Σx ÷ Σn with its variance between units, which makes requests of one creator no more than what they are: one unit's.
 * With `range` (values lie within 0 to it) one imagined unit of the widest scatter is added, so that a sample without any
 * scatter is not taken for certain. Null below two units.
 * Source: the delta method for ratio metrics, A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics",
 * KDD 2018.
 */
export function ratioEstimate(sample: UnitSample, range: number | null = null): MeanEstimate | null {
  const { units, count, sum, countSquares, sumSquares, products } = sample
  if (units < 2 || count <= 0) return null
  const mean = sum / count
  const scatter = Math.max(0, sumSquares - 2 * mean * products + mean * mean * countSquares)
  const imagined = range === null ? 0 : ((range / 2) ** 2 * countSquares) / units
  return { mean, variance: ((scatter + imagined) * units) / (units - 1) / (count * count) }
}

/** The sample with one unit's totals moved from what they were to what they are; a new unit was `{ n: 0, x: 0 }`. */
export function moveUnit(
  sample: UnitSample,
  { before, after }: { before: { n: number; x: number }; after: { n: number; x: number } },
): UnitSample {
  return {
    units: sample.units + (after.n > 0 ? 1 : 0) - (before.n > 0 ? 1 : 0),
    count: sample.count + after.n - before.n,
    sum: sample.sum + after.x - before.x,
    countSquares: sample.countSquares + after.n ** 2 - before.n ** 2,
    sumSquares: sample.sumSquares + after.x ** 2 - before.x ** 2,
    products: sample.products + after.x * after.n - before.x * before.n,
  }
}
