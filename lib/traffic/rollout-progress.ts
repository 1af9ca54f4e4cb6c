import { addSpan, noRolloutEvidence, type RolloutEvidence } from '#lib/traffic/rollout-evidence'
import {
  type ArmCounts,
  addCounts,
  addSpans,
  emptySpan,
  noCounts,
  type RolloutSpan,
  subtractSpans,
} from '#lib/traffic/rollout-observation'
import type { RolloutPlan } from '#lib/traffic/rollout-plan'
import type { ShadowCounts } from '#lib/traffic/shadow-report'
import type { StoredBaseline } from '#lib/traffic/stored-baseline'

/** One stay at a step: what all instances together counted in it. */
export interface VisitCounts {
  visit: number
  /** The candidate's share. */
  weightBps: number
  counts: RolloutSpan
}

/** Units that each side saw in the present visit. */
export interface VisitUnits {
  visit: number
  baseline: number
  candidate: number
}

/** What the evaluator remembers of a rollout between two looks, as JSON. */
export interface RolloutProgress {
  evidence: RolloutEvidence
  /** What has been taken into account, by visit. */
  visits: readonly VisitCounts[]
  stored: StoredBaseline | null
  units: VisitUnits | null
  /** Of a shadow step; null or absent elsewhere. */
  shadow?: (ShadowCounts & { visit: number }) | null
}

export const noProgress: RolloutProgress = {
  evidence: noRolloutEvidence,
  visits: [],
  stored: null,
  units: null,
}

/**
 * Takes what was counted since the last look into account: visits separately, since their shares differ. Totals only grow;
 * visits that are not among `totals` stay as they are. The same totals twice change nothing.
 */
export function advanceProgress(
  progress: RolloutProgress,
  totals: readonly VisitCounts[],
  { plan, weightBps }: { plan: RolloutPlan; weightBps: number },
): RolloutProgress {
  let { evidence, stored } = progress
  if (weightBps === 10_000) stored ??= { baseline: wholeOf(progress).baseline, candidate: noCounts }
  const known = new Map(progress.visits.map((visit) => [visit.visit, visit]))
  for (const total of totals.toSorted((a, b) => a.visit - b.visit)) {
    const span = subtractSpans(total.counts, known.get(total.visit)?.counts ?? emptySpan)
    known.set(total.visit, total)
    if (isEmpty(span)) continue
    if (total.weightBps === 10_000 && stored)
      stored = { ...stored, candidate: addCounts(stored.candidate, span.candidate) }
    else evidence = addSpan(evidence, span, plan)
  }
  return { ...progress, evidence, stored, visits: [...known.values()] }
}

/** Both sides since the rollout began. */
export function wholeOf({ visits }: RolloutProgress): RolloutSpan {
  return visits.reduce<RolloutSpan>((sum, { counts }) => addSpans(sum, counts), emptySpan)
}

/** Both sides in one visit, its units in place of what requests say of them. */
export function visitOf({ visits, units }: RolloutProgress, visit: number): RolloutSpan {
  const { baseline, candidate } = visits.find((one) => one.visit === visit)?.counts ?? emptySpan
  const seen = units?.visit === visit ? units : { baseline: 0, candidate: 0 }
  const withUnits = (counts: ArmCounts, more: number) => ({ ...counts, units: counts.units + more })
  return {
    baseline: withUnits(baseline, seen.baseline),
    candidate: withUnits(candidate, seen.candidate),
  }
}

function isEmpty({ baseline, candidate }: RolloutSpan): boolean {
  return [baseline, candidate].every(
    ({ requests, scores, units }) => requests === 0 && scores === 0 && units === 0,
  )
}
