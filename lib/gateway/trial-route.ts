import type { Catalog } from '#lib/deployments/catalog'
import { type PlannedTrial, pickTrials, type Trial } from '#lib/experiments/trial'
import { type ChainRoute, chainReasons } from '#lib/gateway/chain-route'
import type { ResolvedModel } from '#lib/gateway/resolve-model'
import type { LimitsAsked } from '#lib/gateway/route-limits'
import type { RouteReason } from '#lib/gateway/route-plan'
import { mixesRetired, routeSteps, stepsWithin } from '#lib/gateway/route-steps'
import type { TrafficRoute } from '#lib/gateway/traffic-route'

/** What experiments make of one request. */
export interface TrialRoute {
  trials: readonly PlannedTrial[]
  /** The steps of the variant that changes the model; null = as without experiments. */
  chain: (ChainRoute & { deploymentIds: readonly string[] }) | null
  /** Why, one sentence for each variant. */
  reasons: readonly RouteReason[]
}

export interface TrialAsked extends LimitsAsked {
  accountId: string
  operation: string | null
  creatorId: string | null
  session: string | null
  switchId: string | null
}

const untried: TrialRoute = { trials: [], chain: null, reasons: [] }

/**
 * The variants of one request. They are for tiers only: who names a deployment gets it. A rollback switch outranks every
 * experiment; within a rollout's share those that change the model stay out, with all their variants, as they do where a
 * required region could not serve each of them: what is left must stay comparable.
 */
export function trialRoute(
  asked: TrialAsked,
  { route, way, required }: { route: ResolvedModel; way: TrafficRoute; required: string | null },
  { catalog, trials }: { catalog: Catalog; trials: readonly Trial[] },
): TrialRoute {
  const { tier } = route
  if (trials.length === 0 || asked.kind !== 'chat' || !tier) return untried
  if (asked.switchId !== null || way.traffic.switchId !== null) return untried
  const inRollout = way.traffic.arm !== null
  const open =
    inRollout || required !== null
      ? trials.filter((trial) => !(inRollout && trial.changesModel) && isServedIn(required, trial, catalog))
      : trials
  const { accountId, creatorId, session } = asked
  const operation = asked.operation ?? asked.kind
  const picked = pickTrials({ accountId, tier: tier.name, operation, creatorId, session }, open)
  if (picked.length === 0) return untried
  const moving = picked.find(({ overrides }) => overrides.chain.length > 0)
  const chain = moving ? chainOf(moving, tier, catalog) : null
  return {
    trials: picked,
    chain: chain && required !== null ? { ...chain, steps: stepsWithin(required, chain.steps) } : chain,
    reasons: picked.map(reasonOf),
  }
}

function isServedIn(region: string | null, trial: Trial, catalog: Catalog): boolean {
  if (region === null || !trial.changesModel) return true
  return [...trial.variants.values()].every(
    ({ chain }) =>
      chain.length === 0 || chain.flat().some((id) => catalog.deployments.get(id)?.region === region),
  )
}

function reasonOf({ experimentId, variant, unit }: PlannedTrial): RouteReason {
  return {
    deploymentId: null,
    code: 'trial',
    text: `its ${unit} is in variant ${variant} of experiment ${experimentId}`,
    trial: { experimentId, variant, unit },
  }
}

type TrialChain = NonNullable<TrialRoute['chain']>

const chains = new WeakMap<Catalog, Map<string, TrialChain>>()

/** The variant's deployments with the tier's own behind them, so that a variant never costs an answer. Remembered: variants of a running experiment do not change. */
function chainOf(
  { experimentId, variant, overrides }: PlannedTrial,
  tier: NonNullable<ResolvedModel['tier']>,
  catalog: Catalog,
): TrialChain {
  const known = chains.get(catalog) ?? new Map<string, TrialChain>()
  chains.set(catalog, known)
  const key = `${experimentId} ${variant} ${tier.name}`
  const remembered = known.get(key)
  if (remembered) return remembered
  const deploymentIds = overrides.chain.flat()
  const behind = tier.chain
    .map((step) => step.filter((id) => !deploymentIds.includes(id)))
    .filter((step) => step.length > 0)
  const fallbacks = chainReasons(behind, `the chain of tier ${tier.name}`, catalog)
  const chain: TrialChain = {
    steps: routeSteps([...overrides.chain, ...behind], 'chat', catalog),
    mixesRetired: mixesRetired(routeSteps(overrides.chain, 'chat', catalog)),
    reasons: [
      ...chainReasons(overrides.chain, `the chain of variant ${variant}`, catalog),
      ...fallbacks.map((reason): RouteReason => {
        const text = `${reason.text}, asked when nothing of the variant answers`
        return { ...reason, code: 'fallback', text }
      }),
    ],
    deploymentIds,
  }
  known.set(key, chain)
  return chain
}

/** The caller's limits with what variants set in their place. */
export function limitsOfTrials<Asked extends LimitsAsked>(
  asked: Asked,
  trials: readonly PlannedTrial[],
): LimitsAsked {
  let { maxOutputTokens, temperature } = asked
  for (const { overrides } of trials) {
    maxOutputTokens = overrides.parameters.maxOutputTokens ?? maxOutputTokens
    temperature = overrides.parameters.temperature ?? temperature
  }
  return { kind: asked.kind, stream: asked.stream, maxOutputTokens, temperature }
}
