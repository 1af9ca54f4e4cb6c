import { edgeBetween, type Interval } from '#lib/experiments/interval'
import { lnBeta } from '#lib/experiments/ln-gamma'

/** How often something happened among independent trials; 0 ≤ events ≤ trials, both whole. */
export interface Counts {
  events: number
  trials: number
}

/** Jeffreys' prior: what the mixture bets on before anything is seen. */
const prior = 0.5
const lnPrior = lnBeta([prior, prior])

/**
 * Logarithm of the evidence against "every trial is an event with probability `p`": a test martingale under that
 * hypothesis, so the chance that it ever exceeds ln(1/α) is at most α, however often it is looked at.
 * Source: H. Robbins, "Statistical methods related to the law of the iterated logarithm", Ann. Math. Stat. 41 (1970), the
 * beta-binomial mixture; exact at every count.
 */
export function lnProportionEvidence(counts: Counts, p: number): number {
  return evidenceOf(counts)(p)
}

/** The same for many hypotheses about the same counts: what does not depend on them is computed once. */
export function evidenceOf({ events, trials }: Counts): (p: number) => number {
  const misses = trials - events
  const mixed = lnBeta([events + prior, misses + prior]) - lnPrior
  return (p) => mixed - weighted(events, p) - weighted(misses, 1 - p)
}

function weighted(count: number, p: number): number {
  return count === 0 ? 0 : count * Math.log(p)
}

/**
 * Confidence sequence of a proportion: with probability ≥ 1 − α it holds the true one at all times at once. `alpha` in
 * (0, 1). Without a trial it is [0, 1].
 */
export function proportionBounds(counts: Counts, alpha: number): Interval {
  const { events, trials } = counts
  if (trials === 0) return { lower: 0, upper: 1 }
  const limit = Math.log(1 / alpha)
  const evidence = evidenceOf(counts)
  const isInside = (p: number) => evidence(p) <= limit
  const best = events / trials
  return {
    lower: events === 0 ? 0 : edgeBetween(best, 0, isInside),
    upper: events === trials ? 1 : edgeBetween(best, 1, isInside),
  }
}
