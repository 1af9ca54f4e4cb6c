import { edgeBetween, type Interval } from '#lib/experiments/interval'
import { lnScaledNormalShare, normalQuantile, normalShare } from '#lib/experiments/normal-share'
import type { MeanEstimate } from '#lib/experiments/unit-sample'

/**
 * How far from its estimate the truth may lie at any time: half the width of a confidence sequence whose chance to ever
 * miss is α. It bets on effects of the size `scale` (> 0, fixed beforehand) and is narrowest for them.
 *
 * It looks at an estimate over many units, whose scores sum up like a random walk in information (one over the variance);
 * for small counts use what is exact (`proportionDifference`).
 * Sources: H. Robbins (1970), normal mixture; R. Johari, P. Koomen, L. Pekelis, D. Walsh, "Always valid inference",
 * Oper. Res. 70 (2022); I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas, "Time-uniform central limit theory
 * and asymptotic confidence sequences", Ann. Stat. 52 (2024).
 */
export function sequentialRadius(
  variance: number,
  { alpha, scale }: { alpha: number; scale: number },
): number {
  if (variance <= 0) return 0
  const prior = scale * scale
  const all = variance + prior
  return Math.sqrt(((variance * all) / prior) * (2 * Math.log(1 / alpha) + Math.log(all / variance)))
}

/** The confidence sequence around an estimate. */
export function sequentialInterval(
  { mean, variance }: MeanEstimate,
  options: { alpha: number; scale: number },
): Interval {
  const radius = sequentialRadius(variance, options)
  return { lower: mean - radius, upper: mean + radius }
}

/** Values without any scatter count as having this little, as a share of the prior's: certain, but not beyond numbers. */
const leastVariance = 1e-6

/**
 * Logarithm of the evidence that the truth behind the estimate is above 0; if it is not, it ever exceeds ln(1/α) with
 * chance ≤ α. The same mixture over positive effects alone.
 */
export function lnPositiveEvidence(estimate: MeanEstimate, scale: number): number {
  const prior = scale * scale
  const variance = Math.max(estimate.variance, prior * leastVariance)
  const all = variance + prior
  const z = (estimate.mean * scale) / Math.sqrt(variance * all)
  return Math.log(2) + 0.5 * Math.log(variance / all) + lnScaledNormalShare(z)
}

export interface PowerPlan {
  /** The effect to be noticed, in the metric's unit, > 0. */
  effect: number
  alpha: number
  /** Chance to notice it by then, e.g. 0.8. */
  power: number
}

/**
 * The variance of the difference at which an effect is noticed with the wanted power, if one looked at that moment only:
 * looking on the way only adds to it. The interval bets on effects of that size.
 */
export function varianceNeeded({ effect, alpha, power }: PowerPlan): number {
  const z = normalQuantile(power)
  const isEnough = (lnVariance: number) => {
    const variance = Math.exp(lnVariance)
    return effect - z * Math.sqrt(variance) >= sequentialRadius(variance, { alpha, scale: effect })
  }
  const widest = Math.log(effect * effect)
  return Math.exp(edgeBetween(widest - 20, widest, isEnough))
}

/** The chance to notice it at that variance of the difference, 0 to 1; the inverse of `varianceNeeded`. */
export function powerAt(variance: number, { effect, alpha }: Omit<PowerPlan, 'power'>): number {
  if (variance <= 0) return 1
  return normalShare((effect - sequentialRadius(variance, { alpha, scale: effect })) / Math.sqrt(variance))
}
