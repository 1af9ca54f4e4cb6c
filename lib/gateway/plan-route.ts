import type { ErrorCode } from '#lib/contracts/error-catalogue'
import type { Catalog, Tier } from '#lib/deployments/catalog'
import type { RouteCandidate, RouteLimits, RoutePlan, RouteReason } from '#lib/gateway/route-plan'
import { defaultTierPolicy } from '#lib/resilience/policy-schema'

export interface RouteRequest {
  kind: 'chat' | 'embeddings'
  /** A tier, a deployment's alias, or a deployment's catalog id (which pins it). */
  model: string
  stream: boolean
  /** The caller's output limit; null when it gave none. */
  maxOutputTokens: number | null
  temperature: number | null
}

/** What the plan depends on besides the request: taken at one moment, never changed. */
export interface RouteSnapshot {
  catalog: Catalog
  nowMs: number
  /** Until when a deployment asked to be left alone; absent or past = free. */
  cooldownUntilMs: ReadonlyMap<string, number>
  /** In [0, 1): where balancing within a step begins. */
  random: number
}

export type RouteDecision =
  | { ok: true; plan: RoutePlan }
  | { ok: false; code: Extract<ErrorCode, 'model_not_found' | 'model_not_suitable'>; message: string }

const defaultTier: Omit<Tier, 'chain'> = {
  name: '',
  maxOutputTokens: 4096,
  ttftMs: 8_000,
  idleMs: 10_000,
  totalMs: 600_000,
  temperature: { min: 0, max: 2 },
  policy: defaultTierPolicy,
}

/**
 * Decides who is asked, in which order and within which limits, and says why.
 *
 * Chain steps keep their order; balancing permutes only within a step. A cooled-down deployment goes behind the
 * free ones but is never removed, since it may be all there is. No deployment stands twice.
 */
export function planRoute(request: RouteRequest, snapshot: RouteSnapshot): RouteDecision {
  const route = resolveModel(request, snapshot.catalog)
  if (!route) return unknownModel(request.model, snapshot.catalog)
  const reasons: RouteReason[] = [...route.reasons]
  const ordered = orderCandidates(flatten(route.chain, snapshot.random), snapshot, reasons)
  const suitable = ordered.filter(({ deploymentId }) =>
    isSuitable(request.kind, deploymentId, snapshot.catalog),
  )
  if (suitable.length === 0) return unsuitable(request)
  noteRetired(suitable, snapshot.catalog, reasons)
  const limits = routeLimits(request, route.tier ?? tierOf(suitable, snapshot.catalog), reasons)
  return { ok: true, plan: { tier: route.tier?.name ?? '', candidates: suitable, reasons, limits } }
}

interface ResolvedModel {
  tier: Tier | null
  chain: readonly (readonly string[])[]
  reasons: readonly RouteReason[]
}

const resolved = new WeakMap<Catalog, Map<string, ResolvedModel | null>>()
/** Names that callers may make up are not remembered beyond this many. */
const mostResolved = 1_000

/** What a name stands for, remembered for as long as the catalog lives: it is asked with every request. */
function resolveModel(request: RouteRequest, catalog: Catalog): ResolvedModel | null {
  const known = resolved.get(catalog) ?? new Map<string, ResolvedModel | null>()
  resolved.set(catalog, known)
  const key = `${request.kind} ${request.model}`
  const found = known.get(key)
  if (found !== undefined) return found
  const route = lookUpModel(request, catalog)
  if (known.size < mostResolved) known.set(key, route)
  return route
}

function lookUpModel(request: RouteRequest, catalog: Catalog): ResolvedModel | null {
  const tier = catalog.tiers.get(request.model)
  if (request.kind === 'embeddings') {
    const chain = embeddingsChain(request.model, tier, catalog)
    if (chain) return { tier: null, chain, reasons: chainReasons(chain, 'the embeddings chain') }
  }
  if (tier)
    return { tier, chain: tier.chain, reasons: chainReasons(tier.chain, `the chain of tier ${tier.name}`) }
  if (catalog.deployments.has(request.model)) {
    const text = 'asked for by its catalog id'
    return {
      tier: null,
      chain: [[request.model]],
      reasons: [{ deploymentId: request.model, code: 'alias', text }],
    }
  }
  const twins = catalog.aliases.get(request.model)
  if (!twins) return null
  return {
    tier: null,
    chain: twins.map((id) => [id]),
    reasons: twins.map((id, index) => twinReason(id, index, request.model)),
  }
}

function embeddingsChain(model: string, tier: Tier | undefined, catalog: Catalog) {
  const configured = catalog.embeddings
  if (!configured) return null
  const isMember = configured.chain.flat().some((id) => catalog.deployments.get(id)?.deployment === model)
  return tier || isMember || catalog.data.embeddings?.deployment === model ? configured.chain : null
}

const ordinals = ['first', 'second', 'third']

function chainReasons(chain: readonly (readonly string[])[], where: string): RouteReason[] {
  return chain.flatMap((step, index) =>
    step.map((deploymentId): RouteReason => {
      const place = `${ordinals[index] ?? `number ${index + 1}`} in ${where}`
      return step.length === 1
        ? { deploymentId, code: 'tier_chain', text: place }
        : { deploymentId, code: 'balanced', text: `${place}, balanced over ${step.length} deployments` }
    }),
  )
}

function twinReason(deploymentId: string, index: number, alias: string): RouteReason {
  return index === 0
    ? { deploymentId, code: 'alias', text: `asked for by its name ${alias}` }
    : { deploymentId, code: 'twin', text: `twin of the same name in another region` }
}

function flatten(chain: readonly (readonly string[])[], random: number): RouteCandidate[] {
  return chain.flatMap((ids, step) => {
    const start = ids.length === 1 ? 0 : Math.floor(random * ids.length) % ids.length
    return [...ids.slice(start), ...ids.slice(0, start)].map((deploymentId) => ({ deploymentId, step }))
  })
}

function orderCandidates(
  candidates: readonly RouteCandidate[],
  snapshot: RouteSnapshot,
  reasons: RouteReason[],
): readonly RouteCandidate[] {
  if (snapshot.cooldownUntilMs.size === 0) return candidates
  const cooling = candidates.filter(
    ({ deploymentId }) => (snapshot.cooldownUntilMs.get(deploymentId) ?? 0) > snapshot.nowMs,
  )
  for (const { deploymentId } of cooling) {
    const leftMs = (snapshot.cooldownUntilMs.get(deploymentId) ?? 0) - snapshot.nowMs
    const text = `asked to be left alone for another ${(leftMs / 1000).toFixed(1)} s, so it stands last`
    reasons.push({ deploymentId, code: 'cooldown', text })
  }
  return [...candidates.filter((candidate) => !cooling.includes(candidate)), ...cooling]
}

function isSuitable(kind: RouteRequest['kind'], deploymentId: string, catalog: Catalog): boolean {
  const deployment = catalog.deployments.get(deploymentId)
  if (!deployment) return false
  const embeds = /embed/i.test(deployment.model)
  return kind === 'embeddings' ? embeds : !embeds
}

function noteRetired(candidates: readonly RouteCandidate[], catalog: Catalog, reasons: RouteReason[]): void {
  const first = candidates[0] && catalog.deployments.get(candidates[0].deploymentId)
  if (first?.lifecycle?.stage !== 'retired') return
  const instead = first.lifecycle.replacement ? `; ${first.lifecycle.replacement} would replace it` : ''
  reasons.push({
    deploymentId: first.id,
    code: 'lifecycle',
    text: `its model ${first.model} is retired${instead}`,
  })
}

/** The tier whose limits hold for a deployment named directly: the one in which it stands earliest. */
function tierOf(candidates: readonly RouteCandidate[], catalog: Catalog): Omit<Tier, 'chain'> {
  const id = candidates[0]?.deploymentId ?? ''
  const places = [...catalog.tiers.values()]
    .map((tier) => ({ tier, step: tier.chain.findIndex((step) => step.includes(id)) }))
    .filter(({ step }) => step >= 0)
    .sort((a, b) => a.step - b.step)
  return places[0]?.tier ?? defaultTier
}

function routeLimits(request: RouteRequest, tier: Omit<Tier, 'chain'>, reasons: RouteReason[]): RouteLimits {
  const asked = request.maxOutputTokens
  const maxOutputTokens = Math.min(asked ?? tier.maxOutputTokens, tier.maxOutputTokens)
  if (asked !== null && asked > maxOutputTokens) {
    const text = `output limit lowered from ${asked} to the tier's ${maxOutputTokens} tokens`
    reasons.push({ deploymentId: null, code: 'output_limit', text })
  }
  return {
    maxOutputTokens: request.kind === 'chat' ? maxOutputTokens : null,
    temperature: clampTemperature(request.temperature, tier, reasons),
    deadlineMs: tier.deadlineMs ?? (request.stream ? 60_000 : 180_000),
    attemptTimeoutMs: tier.attemptTimeoutMs ?? (request.stream ? 30_000 : 120_000),
    firstTokenMs: tier.ttftMs,
    idleMs: tier.idleMs,
    totalMs: tier.totalMs,
  }
}

function clampTemperature(
  asked: number | null,
  tier: Omit<Tier, 'chain'>,
  reasons: RouteReason[],
): number | null {
  if (asked === null) return null
  const temperature = Math.min(Math.max(asked, tier.temperature.min), tier.temperature.max)
  if (temperature !== asked) {
    const text = `temperature moved from ${asked} to ${temperature}, the tier's bound`
    reasons.push({ deploymentId: null, code: 'temperature_bounds', text })
  }
  return temperature
}

function unknownModel(model: string, catalog: Catalog): RouteDecision {
  const tiers = [...catalog.tiers.keys()].join(', ')
  const aliases = [...catalog.aliases.keys()].join(', ')
  return {
    ok: false,
    code: 'model_not_found',
    message: `There is no model "${model.slice(0, 100)}". Tiers: ${tiers}. Deployments: ${aliases}.`,
  }
}

function unsuitable(request: RouteRequest): RouteDecision {
  const message =
    request.kind === 'embeddings'
      ? `"${request.model}" does not make embeddings; name an embedding deployment.`
      : `"${request.model}" makes embeddings only; name a tier or a chat deployment.`
  return { ok: false, code: 'model_not_suitable', message }
}
