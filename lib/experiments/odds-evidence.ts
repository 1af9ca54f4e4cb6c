import type { Interval } from '#lib/experiments/interval'
import type { Counts } from '#lib/experiments/proportion-bounds'

/** What the two groups did in the same short span of time. */
export interface Stratum {
  baseline: Counts
  candidate: Counts
}

/**
 * Log-likelihoods of the odds ratio candidate : baseline over the grid 1.1^(−60) … 1.1^60, up to a constant: all that has
 * to be kept between two looks.
 */
export type OddsEvidence = readonly number[]

const reach = 60
const lnStep = Math.log(1.1)
const gridPoints = Array.from({ length: 2 * reach + 1 }, (_, index) => (index - reach) * lnStep)
/** Alternatives bet on, all alike: odds ratios 1.1 to about 17 times the hypothesis'. */
const alternatives = 30

/** Before anything was seen. */
export const noOddsEvidence: OddsEvidence = gridPoints.map(() => 0)

/**
 * Takes one more span into account. The spans must be chosen without looking at their events (by the clock).
 *
 * Given how many events the two groups had together in a span, those of the candidate follow Fisher's noncentral
 * hypergeometric distribution, in which the base rate no longer appears. So an incident that hits both groups is evidence
 * against neither, rates may change from span to span, and every count is exact, however small.
 * Sources: R. A. Fisher, "The logic of inductive inference", J. R. Stat. Soc. 98 (1935); strata as in W. G. Cochran (1954)
 * and N. Mantel and W. Haenszel (1959).
 */
export function addStratum(evidence: OddsEvidence, stratum: Stratum): OddsEvidence {
  const { baseline, candidate } = stratum
  const events = baseline.events + candidate.events
  const least = Math.max(0, events - baseline.trials)
  const most = Math.min(events, candidate.trials)
  if (least === most) return evidence
  const normaliser = normaliserOf(lnHypergeometric(stratum, least, most))
  return evidence.map((sum, index) => {
    const lnOdds = gridPoints[index] ?? 0
    return sum + (candidate.events - least) * lnOdds - normaliser(lnOdds)
  })
}

/** Below this a weight would vanish as a plain number, and with it what makes large odds ratios fair. */
const leastLnWeight = -600

/** ln Σ weight(k) × odds^k as a function of the odds' logarithm: by Horner's rule where plain numbers can hold it. */
function normaliserOf(lnWeights: readonly number[]): (lnOdds: number) => number {
  const most = Math.max(...lnWeights)
  if (Math.min(...lnWeights) - most < leastLnWeight)
    return (lnOdds) => lnSumExp(lnWeights.map((weight, k) => weight + k * lnOdds))
  const rising = lnWeights.map((weight) => Math.exp(weight - most))
  const falling = rising.toReversed()
  return (lnOdds) =>
    lnOdds <= 0
      ? most + Math.log(horner(rising, Math.exp(lnOdds)))
      : most + (rising.length - 1) * lnOdds + Math.log(horner(falling, Math.exp(-lnOdds)))
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = 0
  for (let index = coefficients.length - 1; index >= 0; index -= 1) sum = sum * x + (coefficients[index] ?? 0)
  return sum
}

/** Relative log-weights of `least` … `most` candidate events when the odds are equal. */
function lnHypergeometric({ baseline, candidate }: Stratum, least: number, most: number): number[] {
  const events = baseline.events + candidate.events
  const weights = [0]
  for (let k = least; k < most; k += 1) {
    const up = (candidate.trials - k) * (events - k)
    const down = (k + 1) * (baseline.trials - events + k + 1)
    weights.push((weights.at(-1) ?? 0) + Math.log(up / down))
  }
  return weights
}

/** Logarithm of a sum of exponentials, without overflow. */
export function lnSumExp(terms: readonly number[]): number {
  let most = Number.NEGATIVE_INFINITY
  for (const term of terms) if (term > most) most = term
  let sum = 0
  for (const term of terms) sum += Math.exp(term - most)
  return most + Math.log(sum)
}

/**
 * Logarithm of the evidence that the candidate's odds are more than `limit` times the baseline's (1.1^−60 to 1.1^60, taken
 * up to the next point of the grid). Under the opposite the chance that it ever exceeds ln(1/α) is at most α: it is a
 * mixture of likelihood ratios, each with expectation ≤ 1 because the family's likelihood ratio is monotone.
 * Source: A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, "Game-theoretic statistics and safe anytime-valid inference",
 * Stat. Sci. 38 (2023).
 */
export function lnOddsEvidence(evidence: OddsEvidence, limit: number): number {
  return lnEvidenceAt(evidence, Math.ceil(Math.log(limit) / lnStep - 1e-9) + reach, 1)
}

function lnEvidenceAt(evidence: OddsEvidence, hypothesis: number, direction: 1 | -1): number {
  const base = evidence[hypothesis]
  if (base === undefined) return Number.NEGATIVE_INFINITY
  const terms: number[] = []
  for (let step = 1; step <= alternatives; step += 1) {
    const at = evidence[hypothesis + direction * step]
    if (at !== undefined) terms.push(at - base)
  }
  return terms.length === 0 ? Number.NEGATIVE_INFINITY : lnSumExp(terms) - Math.log(alternatives)
}

/**
 * Confidence sequence of the odds ratio candidate : baseline; each end alone is wrong, ever, with chance at most α. Ends
 * are points of the grid; 0 and infinity where nothing is ruled out.
 */
export function oddsRatioBounds(evidence: OddsEvidence, alpha: number): Interval {
  const limit = Math.log(1 / alpha)
  let lower = 0
  let upper = Number.POSITIVE_INFINITY
  for (const [index, lnOdds] of gridPoints.entries()) {
    if (lnEvidenceAt(evidence, index, 1) < limit) break
    lower = Math.exp(lnOdds)
  }
  for (let index = gridPoints.length - 1; index >= 0; index -= 1) {
    if (lnEvidenceAt(evidence, index, -1) < limit) break
    upper = Math.exp(gridPoints[index] ?? 0)
  }
  return { lower, upper }
}
