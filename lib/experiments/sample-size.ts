import { normalQuantile, normalShare } from '#lib/experiments/normal-share'

export interface ProportionPlan {
  /** In (0, 1): how often it happens now. */
  baselineRate: number
  /** What is to be noticed, as a rate in (0, 1). */
  candidateRate: number
  /** Share of units that the candidate gets, in (0, 1). */
  candidateShare: number
  /** Chance of a false alarm, ever. */
  alpha: number
  /** Chance to notice it by then, e.g. 0.8. */
  power: number
}

/**
 * About how many requests (of both groups together) it takes until the evidence of `lnOddsEvidence` passes its limit with
 * the wanted power: its mean grows by the information of a request, scatters like a random walk, and pays for the mixture.
 * For planning only, so a normal approximation does, on the safe side; decisions never use it. Infinity when the rates are equal.
 */
export function requestsNeeded(plan: ProportionPlan): number {
  const { mean, deviation } = informationOf(plan)
  if (mean <= 0) return Number.POSITIVE_INFINITY
  const needed = Math.log(1 / plan.alpha) + mixturePrice
  const z = normalQuantile(plan.power)
  const root = (z * deviation + Math.sqrt((z * deviation) ** 2 + 4 * mean * needed)) / (2 * mean)
  return Math.ceil(root * root)
}

/** The chance to notice it within so many requests, 0 to 1; the inverse of `requestsNeeded`. */
export function powerAfter(requests: number, plan: Omit<ProportionPlan, 'power'>): number {
  const { mean, deviation } = informationOf(plan)
  if (requests <= 0 || mean <= 0) return 0
  const needed = Math.log(1 / plan.alpha) + mixturePrice
  return normalShare((requests * mean - needed) / (Math.sqrt(requests) * deviation))
}

/** What a mixture over unknown alternatives pays against one that knew, in nats, at usual sizes. */
const mixturePrice = 1

/** Mean and standard deviation of one request's log-likelihood ratio, given that only events tell (rare events). */
function informationOf(plan: Omit<ProportionPlan, 'power'>): { mean: number; deviation: number } {
  const { baselineRate, candidateRate, candidateShare } = plan
  const events = candidateShare * candidateRate + (1 - candidateShare) * baselineRate
  const theirs = (candidateShare * candidateRate) / events
  const up = Math.log(theirs / candidateShare)
  const down = Math.log((1 - theirs) / (1 - candidateShare))
  const mean = theirs * up + (1 - theirs) * down
  const square = theirs * up ** 2 + (1 - theirs) * down ** 2
  return { mean: events * mean, deviation: Math.sqrt(events * square) }
}
