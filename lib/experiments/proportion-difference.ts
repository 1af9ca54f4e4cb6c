import { edgeBetween, type Interval } from '#lib/experiments/interval'
import { type Counts, evidenceOf } from '#lib/experiments/proportion-bounds'

/**
 * Confidence sequence of the difference of two proportions, candidate − baseline, in [−1, 1].
 *
 * The product of two independent test martingales is one for the pair of proportions, so the pairs it does not reject
 * hold the true pair at all times with probability ≥ 1 − α; this is that set's shadow on the difference. Exact at every
 * count, no matter in which order or ratio the two groups grow.
 * Source: R. Turner and P. Grünwald, "Exact anytime-valid confidence intervals for contingency tables and beyond",
 * Stat. Probab. Lett. 198 (2023), with Robbins' mixtures in place of their sequential estimates.
 */
export function proportionDifference(
  { baseline, candidate }: { baseline: Counts; candidate: Counts },
  alpha: number,
): Interval {
  const limit = Math.log(1 / alpha)
  const [old, fresh] = [evidenceOf(baseline), evidenceOf(candidate)]
  const isInside = (difference: number) => leastEvidence(old, fresh, difference) <= limit
  const best = rate(candidate) - rate(baseline)
  return { lower: edgeBetween(best, -1, isInside), upper: edgeBetween(best, 1, isInside) }
}

function rate({ events, trials }: Counts): number {
  return trials === 0 ? 0 : events / trials
}

const golden = (Math.sqrt(5) - 1) / 2

type Evidence = (p: number) => number

/** Least over all baselines p of the evidence against the pair (p, p + difference); it is convex in p. */
function leastEvidence(baseline: Evidence, candidate: Evidence, difference: number): number {
  const at = (p: number) => baseline(p) + candidate(clamp(p + difference))
  let low = Math.max(0, -difference)
  let high = Math.min(1, 1 - difference)
  for (let round = 0; round < 50; round += 1) {
    const left = high - golden * (high - low)
    const right = low + golden * (high - low)
    if (at(left) <= at(right)) high = right
    else low = left
  }
  return Math.min(at(low), at((low + high) / 2), at(high))
}

function clamp(p: number): number {
  return Math.min(1, Math.max(0, p))
}
