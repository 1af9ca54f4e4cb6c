import { lnBeta } from '#lib/experiments/ln-gamma'
import type { Counts } from '#lib/experiments/proportion-bounds'

/** Counts that were taken earlier and are done, and those that still come in. */
export interface StoredComparison {
  stored: Counts
  fresh: Counts
}

/**
 * Logarithm of the evidence that the odds of what comes in are more than `limit` (> 0) times those of what was stored
 * before: for a candidate that has all the traffic, so that its baseline gets none any more. If they are not, it ever
 * exceeds ln(1/α) with chance at most α, however often it is looked at.
 *
 * The best pair of rates that the hypothesis allows is held against a mixture over all pairs (uniform on both). What was
 * stored may be few: then it says little, but nothing false.
 * Source: L. Wasserman, A. Ramdas, S. Balakrishnan, "Universal inference", PNAS 117 (2020).
 */
export function lnStoredOddsEvidence({ stored, fresh }: StoredComparison, limit: number): number {
  if (stored.trials === 0 || fresh.trials === 0) return 0
  return lnMixture(stored) + lnMixture(fresh) - lnBestAllowed({ stored, fresh }, Math.log(limit))
}

function lnMixture({ events, trials }: Counts): number {
  return lnBeta([events + 1, trials - events + 1])
}

/** Log-likelihood of the pair that fits best among those whose odds differ by at most the limit. */
function lnBestAllowed({ stored, fresh }: StoredComparison, lnLimit: number): number {
  if (lnOdds(fresh) - lnOdds(stored) <= lnLimit) return lnFit(stored, null) + lnFit(fresh, null)
  const theta = bestCommon({ stored, fresh }, lnLimit)
  return lnFit(stored, theta) + lnFit(fresh, theta + lnLimit)
}

/** Of the observed share; infinite where nothing or everything is an event. */
function lnOdds({ events, trials }: Counts): number {
  return Math.log(events) - Math.log(trials - events)
}

/** Log-likelihood at the logarithm of odds; at the observed share for null. */
function lnFit({ events, trials }: Counts, theta: number | null): number {
  if (theta !== null) return events * theta - trials * lnOnePlusExp(theta)
  const misses = trials - events
  return weighted(events, events / trials) + weighted(misses, misses / trials)
}

function weighted(count: number, p: number): number {
  return count === 0 ? 0 : count * Math.log(p)
}

function lnOnePlusExp(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}

/** The stored odds' logarithm that fits both best when the fresh ones are higher by `lnLimit`: where the slope, which only falls, is 0. */
function bestCommon({ stored, fresh }: StoredComparison, lnLimit: number): number {
  const events = stored.events + fresh.events
  let [low, high] = [-60, 60]
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2
    const expected = stored.trials * share(middle) + fresh.trials * share(middle + lnLimit)
    if (expected < events) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function share(theta: number): number {
  return 1 / (1 + Math.exp(-theta))
}
