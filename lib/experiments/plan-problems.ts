import type { Catalog } from '#lib/deployments/catalog'
import { experimentProblems } from '#lib/experiments/assign-variant'
import type { ExperimentPlan } from '#lib/experiments/experiment-plan'
import { splitOfPlan } from '#lib/experiments/split-of-plan'
import { routeSteps } from '#lib/gateway/route-steps'
import type { FieldProblem } from '#lib/traffic/pick-share'

export interface KnownExperiment {
  id: string
  plan: ExperimentPlan
}

/**
 * What is wrong with an experiment beyond its shape: weights, ranges, names that the catalog does not have, and others that
 * run on the same requests and change the same thing.
 */
export function planProblems(
  { id, plan }: KnownExperiment,
  { catalog, running }: { catalog: Catalog; running: readonly KnownExperiment[] },
): FieldProblem[] {
  const others = running.filter((other) => other.id !== id)
  const splits = others.map((other) => splitOfPlan(other.id, other.plan))
  return [
    ...experimentProblems(splitOfPlan(id, plan), splits),
    ...targetProblems(plan, catalog),
    ...chainProblems(plan, catalog),
    ...guardrailProblems(plan),
    ...unitProblems(plan, others),
    ...others.flatMap((other) => overlapProblems(plan, other)),
  ]
}

function targetProblems({ target, unit }: ExperimentPlan, catalog: Catalog): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (target.tier !== null && !catalog.tiers.has(target.tier))
    problems.push({ field: 'target.tier', text: `the catalog has no tier "${target.tier}"` })
  if (unit === 'session' && target.creatorIds.length > 0 && target.accountIds.length === 0)
    problems.push({
      field: 'target.accountIds',
      text: 'creators are named, so name the account they belong to',
    })
  return problems
}

function chainProblems({ variants }: ExperimentPlan, catalog: Catalog): FieldProblem[] {
  return variants.flatMap(({ overrides: { chain } }, index): FieldProblem[] => {
    const field = `variants[${index}].overrides.chain`
    const ids = chain.flat()
    const unknown = ids.filter((one) => !catalog.deployments.has(one))
    if (unknown.length > 0) return [{ field, text: `the catalog has no deployment ${unknown.join(', ')}` }]
    const twice = ids.find((one, at) => ids.indexOf(one) < at)
    if (twice !== undefined) return [{ field, text: `${twice} stands twice` }]
    if (ids.length > 0 && routeSteps(chain, 'chat', catalog).length === 0)
      return [{ field, text: 'has no deployment that answers chats' }]
    return []
  })
}

function guardrailProblems({ guardrails }: ExperimentPlan): FieldProblem[] {
  return guardrails.flatMap(({ metric }, index) =>
    guardrails.findIndex((other) => other.metric === metric) < index
      ? [{ field: `guardrails[${index}].metric`, text: `${metric} stands twice` }]
      : [],
  )
}

/** A creator's place says nothing of their session's: with both in one group a request could be in two experiments. */
function unitProblems(
  { exclusive, unit }: ExperimentPlan,
  others: readonly KnownExperiment[],
): FieldProblem[] {
  return others.flatMap(({ id, plan }) =>
    exclusive && plan.exclusive?.group === exclusive.group && plan.unit !== unit
      ? [{ field: 'unit', text: `${id} shares group ${exclusive.group} out by ${plan.unit}: take that too` }]
      : [],
  )
}

function overlapProblems(plan: ExperimentPlan, other: KnownExperiment): FieldProblem[] {
  if (plan.exclusive && plan.exclusive.group === other.plan.exclusive?.group) return []
  if (!meets(plan.target, other.plan.target)) return []
  const theirs = changesOf(other.plan)
  const both = [...changesOf(plan)].filter((change) => theirs.has(change))
  if (both.length === 0) return []
  const text = `${other.id} (${other.plan.name}) runs on the same requests and changes the ${both.join(' and ')} too; put both into one group, or target others`
  return [{ field: 'exclusive', text }]
}

function meets(one: ExperimentPlan['target'], other: ExperimentPlan['target']): boolean {
  const same = (a: string | null, b: string | null) => a === null || b === null || a === b
  const shared = (a: readonly string[], b: readonly string[]) =>
    a.length === 0 || b.length === 0 || a.some((id) => b.includes(id))
  return (
    same(one.tier, other.tier) &&
    same(one.operation, other.operation) &&
    shared(one.accountIds, other.accountIds) &&
    shared(one.creatorIds, other.creatorIds)
  )
}

/** What an experiment's variants set, in words. */
export function changesOf({ variants }: Pick<ExperimentPlan, 'variants'>): ReadonlySet<string> {
  const changes = new Set<string>()
  for (const { overrides } of variants) {
    if (overrides.chain.length > 0) changes.add('model')
    if (overrides.systemPrompt) changes.add('system prompt')
    for (const [name, value] of Object.entries(overrides.parameters)) if (value !== null) changes.add(name)
  }
  return changes
}
