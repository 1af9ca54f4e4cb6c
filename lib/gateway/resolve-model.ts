import type { Catalog, Tier } from '#lib/deployments/catalog'
import { type ChainRoute, chainReasons } from '#lib/gateway/chain-route'
import type { RouteReason } from '#lib/gateway/route-plan'
import { mixesRetired, type RouteKind, routeSteps } from '#lib/gateway/route-steps'

/** What a name stands for: the steps in order, and why they are these. */
export interface ResolvedModel extends ChainRoute {
  /** Null when the caller named a deployment. */
  tier: Tier | null
  /** `tier`: a tier or the embeddings chain; `alias`: a name that twins may share; `deployment`: a catalog id, which pins it. */
  named: 'tier' | 'alias' | 'deployment'
}

type Found = Pick<ResolvedModel, 'tier' | 'named' | 'reasons'> & { chain: readonly (readonly string[])[] }

const resolved = new WeakMap<Catalog, Map<string, ResolvedModel>>()

/**
 * What `model` stands for in the catalog: a tier, a deployment's id (which pins it) or a name that twins share. Null when
 * nothing has that name. Remembered for as long as the catalog lives: it is asked with every request.
 */
export function resolveModel(kind: RouteKind, model: string, catalog: Catalog): ResolvedModel | null {
  const known = resolved.get(catalog) ?? new Map<string, ResolvedModel>()
  resolved.set(catalog, known)
  const key = `${kind} ${model}`
  const remembered = known.get(key)
  if (remembered !== undefined) return remembered
  const found = lookUpModel(kind, model, catalog)
  if (!found) return null
  const { chain, ...rest } = found
  const steps = routeSteps(chain, kind, catalog)
  const route = { ...rest, steps, mixesRetired: mixesRetired(steps) }
  known.set(key, route)
  return route
}

function lookUpModel(kind: RouteKind, model: string, catalog: Catalog): Found | null {
  const tier = catalog.tiers.get(model)
  if (kind === 'embeddings') {
    const chain = embeddingsChain(model, tier, catalog)
    if (chain)
      return {
        tier: null,
        named: 'tier',
        chain,
        reasons: chainReasons(chain, 'the embeddings chain', catalog),
      }
  }
  if (tier)
    return {
      tier,
      named: 'tier',
      chain: tier.chain,
      reasons: chainReasons(tier.chain, `the chain of tier ${tier.name}`, catalog),
    }
  if (catalog.deployments.has(model)) {
    const text = 'asked for by its catalog id'
    const reasons = [{ deploymentId: model, code: 'alias' as const, text }]
    return { tier: null, named: 'deployment', chain: [[model]], reasons }
  }
  const twins = catalog.aliases.get(model)
  if (!twins) return null
  return {
    tier: null,
    named: 'alias',
    chain: twins.map((id) => [id]),
    reasons: twins.map((id, index) => twinReason(id, index, model)),
  }
}

function embeddingsChain(model: string, tier: Tier | undefined, catalog: Catalog) {
  const configured = catalog.embeddings
  if (!configured) return null
  const isMember = configured.chain.flat().some((id) => catalog.deployments.get(id)?.deployment === model)
  return tier || isMember || catalog.data.embeddings?.deployment === model ? configured.chain : null
}

function twinReason(deploymentId: string, index: number, alias: string): RouteReason {
  return index === 0
    ? { deploymentId, code: 'alias', text: `asked for by its name ${alias}` }
    : { deploymentId, code: 'twin', text: `twin of the same name in another region` }
}
