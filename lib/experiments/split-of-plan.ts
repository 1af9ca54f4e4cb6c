import type { ExperimentSplit } from '#lib/experiments/assign-variant'
import type { ExperimentPlan } from '#lib/experiments/experiment-plan'
import type { Trial } from '#lib/experiments/trial'

/** How an experiment divides its units. Without a group it has one of its own, of which its traffic takes a part. */
export function splitOfPlan(id: string, plan: ExperimentPlan): ExperimentSplit {
  const alone = plan.trafficBps < 10_000 ? { group: id, from: 0, to: plan.trafficBps } : null
  const variants = plan.variants.map(({ name, weightBps }) => ({ name, weightBps }))
  return { id, variants, exclusive: plan.exclusive ?? alone }
}

/** A running experiment as planning needs it, without the variants that were stopped. */
export function trialOfPlan(id: string, plan: ExperimentPlan, stopped: ReadonlySet<string>): Trial {
  const { tier, operation, accountIds, creatorIds } = plan.target
  const running = plan.variants.filter(({ name }) => !stopped.has(name))
  return {
    experimentId: id,
    unit: plan.unit,
    target: { tier, operation, accountIds: new Set(accountIds), creatorIds: new Set(creatorIds) },
    split: splitOfPlan(id, plan),
    changesModel: plan.variants.some(({ overrides }) => overrides.chain.length > 0),
    variants: new Map(running.map(({ name, overrides }) => [name, overrides])),
  }
}
