import type { Catalog, Tier } from '#lib/deployments/catalog'
import type { RouteLimits, RouteReason } from '#lib/gateway/route-plan'
import type { RouteKind } from '#lib/gateway/route-steps'
import { defaultTierPolicy } from '#lib/resilience/policy-schema'

/** A tier as far as limits and policy go. */
export type TierRules = Omit<Tier, 'chain' | 'legacy'>

const defaultTier: TierRules = {
  name: '',
  maxOutputTokens: 4096,
  ttftMs: 8_000,
  idleMs: 10_000,
  totalMs: 600_000,
  temperature: { min: 0, max: 2 },
  policy: defaultTierPolicy,
}

/** Its step in the tier's chain with the legacy chain behind it; −1 = it stands in neither. */
function placeIn({ chain, legacy }: Tier, deploymentId: string): number {
  return [...chain, ...legacy].findIndex((step) => step.includes(deploymentId))
}

const rulesOf = new WeakMap<Catalog, Map<string, TierRules>>()

/**
 * The tier whose limits hold for a deployment named directly: the one in whose chain it stands earliest, legacy chains
 * behind the others.
 */
export function tierRulesOf(deploymentId: string, catalog: Catalog): TierRules {
  const known = rulesOf.get(catalog) ?? new Map<string, TierRules>()
  rulesOf.set(catalog, known)
  const found = known.get(deploymentId)
  if (found) return found
  const places = [...catalog.tiers.values()]
    .map((tier) => ({ tier, step: placeIn(tier, deploymentId) }))
    .filter(({ step }) => step >= 0)
    .sort((a, b) => a.step - b.step)
  const rules = places[0]?.tier ?? defaultTier
  known.set(deploymentId, rules)
  return rules
}

export interface LimitsAsked {
  kind: RouteKind
  stream: boolean
  /** Null when the caller gave none. */
  maxOutputTokens: number | null
  temperature: number | null
}

/** The bounds of one request: the caller's where they lie within the tier's; what was moved is said in `reasons`. */
export function routeLimits(asked: LimitsAsked, tier: TierRules, reasons: RouteReason[]): RouteLimits {
  return {
    maxOutputTokens: asked.kind === 'chat' ? outputLimit(asked.maxOutputTokens, tier, reasons) : null,
    temperature: clampTemperature(asked.temperature, tier, reasons),
    deadlineMs: tier.deadlineMs ?? (asked.stream ? 60_000 : 180_000),
    attemptTimeoutMs: tier.attemptTimeoutMs ?? (asked.stream ? 30_000 : 120_000),
    firstTokenMs: tier.ttftMs,
    idleMs: tier.idleMs,
    totalMs: tier.totalMs,
  }
}

function outputLimit(asked: number | null, tier: TierRules, reasons: RouteReason[]): number {
  const limit = Math.min(asked ?? tier.maxOutputTokens, tier.maxOutputTokens)
  if (asked !== null && asked > limit) {
    const text = `output limit lowered from ${asked} to the tier's ${limit} tokens`
    reasons.push({ deploymentId: null, code: 'output_limit', text })
  }
  return limit
}

function clampTemperature(asked: number | null, tier: TierRules, reasons: RouteReason[]): number | null {
  if (asked === null) return null
  const temperature = Math.min(Math.max(asked, tier.temperature.min), tier.temperature.max)
  if (temperature !== asked) {
    const text = `temperature moved from ${asked} to ${temperature}, the tier's bound`
    reasons.push({ deploymentId: null, code: 'temperature_bounds', text })
  }
  return temperature
}
