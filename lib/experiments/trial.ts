import { assignVariant, type ExperimentSplit } from '#lib/experiments/assign-variant'
import type { VariantOverrides } from '#lib/experiments/experiment-plan'

/** A running experiment as planning needs it. */
export interface Trial {
  experimentId: string
  unit: 'creator' | 'session'
  target: {
    /** Null = every one. */
    tier: string | null
    operation: string | null
    /** Empty = everybody's. */
    accountIds: ReadonlySet<string>
    creatorIds: ReadonlySet<string>
  }
  split: ExperimentSplit
  /** Some variant is served by deployments of its own. */
  changesModel: boolean
  /** By name, without those that were stopped: their units are served as if there were no experiment. */
  variants: ReadonlyMap<string, VariantOverrides>
}

/** A variant that is applied to one request. */
export interface PlannedTrial {
  experimentId: string
  variant: string
  unit: 'creator' | 'session'
  /** The creator or session that stays with the variant. */
  person: string
  overrides: VariantOverrides
}

/** A request as far as experiments look at it. */
export interface TrialSubject {
  accountId: string
  tier: string
  operation: string
  creatorId: string | null
  session: string | null
}

const none: readonly PlannedTrial[] = []

/**
 * The variants that a request gets: at most one of each experiment, the same for as long as it runs. Requests without the
 * experiment's unit take no part, nor do those that another experiment of its group holds.
 */
export function pickTrials(subject: TrialSubject, trials: readonly Trial[]): readonly PlannedTrial[] {
  let found = none
  for (const trial of trials) {
    const person = trial.unit === 'creator' ? subject.creatorId : subject.session
    if (person === null || !isTarget(subject, trial.target)) continue
    const variant = assignVariant(trial.split, `${subject.accountId}/${person}`)
    const overrides = variant === null ? undefined : trial.variants.get(variant)
    if (variant === null || !overrides) continue
    const planned = { experimentId: trial.experimentId, variant, unit: trial.unit, person, overrides }
    found = [...found, planned]
  }
  return found
}

function isTarget(subject: TrialSubject, target: Trial['target']): boolean {
  if (target.tier !== null && target.tier !== subject.tier) return false
  if (target.operation !== null && target.operation !== subject.operation) return false
  if (target.accountIds.size > 0 && !target.accountIds.has(subject.accountId)) return false
  return target.creatorIds.size === 0 || target.creatorIds.has(subject.creatorId ?? '')
}
