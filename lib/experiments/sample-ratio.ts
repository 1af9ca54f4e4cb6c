import { lnBeta } from '#lib/experiments/ln-gamma'

/** A group with its intended weight (any unit) and how many units were really assigned to it. */
export interface GroupCount {
  weight: number
  units: number
}

/**
 * Logarithm of the evidence that the groups do not get the shares they should: under the intended shares the chance that
 * it ever exceeds ln(1/α) is at most α. Count each unit once (its first exposure), not its requests.
 * Source: M. Lindon and A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS 35 (2022): Dirichlet
 * mixture, here uniform over all shares.
 */
export function lnSampleRatioEvidence(groups: readonly GroupCount[]): number {
  const weighted = groups.filter(({ weight, units }) => weight > 0 || units > 0)
  if (weighted.some(({ weight }) => weight <= 0)) return Number.POSITIVE_INFINITY
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
  const mixed = lnBeta(weighted.map(({ units }) => units + 1)) - lnBeta(weighted.map(() => 1))
  return weighted.reduce((sum, { weight, units }) => sum - units * Math.log(weight / total), mixed)
}

/** Is there a mismatch at p < `alpha` (0.001 holds a rollout)? */
export function hasSampleRatioMismatch(groups: readonly GroupCount[], alpha = 0.001): boolean {
  return lnSampleRatioEvidence(groups) > Math.log(1 / alpha)
}
