import { and, eq, gte, sum } from 'drizzle-orm'
import type { PreFlightBody } from '#lib/contracts/rollouts'
import { addDays, utcDay } from '#lib/costs/utc-day'
import type { Catalog, Tier } from '#lib/deployments/catalog'
import { type FeatureUses, type PreFlight, preFlight } from '#lib/traffic/pre-flight'
import type { TrafficChain, TrafficShare } from '#lib/traffic/traffic-config'
import { type UsedFeature, usedFeatureNames } from '#lib/traffic/used-features'
import { featureUses } from '#schema/rollouts'
import type { Container } from '#server/create-container'
import { simulatedProviders } from '#server/gateway/open-providers'
import { AppError } from '#server/http/app-error'

/** How far back the traffic is looked at. */
const lookBackDays = 7

/** A route that a rollout may take: names that exist, and two sides that are not the same. */
export interface CheckedRoute {
  tier: Tier
  operation: string | null
  baseline: TrafficShare['baseline']
  candidate: TrafficShare['candidate']
  from: TrafficChain
  to: TrafficChain
}

/** @throws AppError `invalid_request` naming the field. */
export function checkRoute(catalog: Catalog, body: PreFlightBody): CheckedRoute {
  const tier = catalog.tiers.get(body.tier)
  if (!tier)
    throw mistake(
      'tier',
      `there is no tier "${body.tier}"; there are ${[...catalog.tiers.keys()].join(', ')}`,
    )
  requireDeployments(catalog, 'candidate', body.candidate ?? [])
  if (typeof body.baseline !== 'string') requireDeployments(catalog, 'baseline', body.baseline)
  const baseline = body.baseline === 'tier' ? tier.chain : body.baseline
  const from = baseline === 'legacy' ? tier.legacy : baseline
  if (from.length === 0)
    throw mistake(
      'baseline',
      `tier "${tier.name}" has no legacy chain, so nobody would serve the rest of its traffic; give it one in the catalog, or take another baseline`,
    )
  const to = body.candidate ?? tier.chain
  if (JSON.stringify(from) === JSON.stringify(to))
    throw mistake('candidate', 'is the same chain as the baseline, so nothing would move')
  return { tier, operation: body.operation, baseline, candidate: body.candidate, from, to }
}

function requireDeployments(catalog: Catalog, field: string, chain: TrafficChain): void {
  const seen = new Set<string>()
  for (const [step, ids] of chain.entries())
    for (const [index, id] of ids.entries()) {
      const found = catalog.deployments.get(id)
      const at = `${field}[${step}][${index}]`
      if (!found) throw mistake(at, `there is no deployment "${id}" in the catalog`)
      if (/embed/i.test(found.model)) throw mistake(at, `"${id}" is a model for embeddings`)
      if (seen.has(id)) throw mistake(at, `"${id}" stands there twice`)
      seen.add(id)
    }
}

/** A mistake in one field of a body. */
export function mistake(field: string, text: string): AppError {
  return new AppError('invalid_request', {
    message: `${field}: ${text}.`,
    param: field,
    errors: [{ path: field, message: text }],
  })
}

type Parts = Pick<Container, 'db' | 'catalog' | 'clock' | 'env'>

/** Holds the traffic of the last days against a route's target. @throws AppError `invalid_request` */
export async function planPreFlight(parts: Parts, body: PreFlightBody): Promise<PreFlight> {
  return preFlightOf(parts, checkRoute(parts.catalog.current(), body))
}

/** The same for a route that has been checked. */
export async function preFlightOf(parts: Parts, route: CheckedRoute): Promise<PreFlight> {
  const { tier, operation, from, to } = route
  return preFlight({
    catalog: parts.catalog.current(),
    from,
    to,
    uses: await readUses(parts, { tier: tier.name, operation }),
    simulated: simulatedProviders(parts.env),
    maxOutputTokens: tier.maxOutputTokens,
  })
}

async function readUses(
  { db, clock }: Parts,
  { tier, operation }: { tier: string; operation: string | null },
): Promise<FeatureUses> {
  const rows = await db.orm
    .select({ feature: featureUses.feature, requests: sum(featureUses.requests).mapWith(Number) })
    .from(featureUses)
    .where(
      and(
        gte(featureUses.day, addDays(utcDay(clock.nowMs()), -lookBackDays)),
        eq(featureUses.tier, tier),
        ...(operation === null ? [] : [eq(featureUses.operation, operation)]),
      ),
    )
    .groupBy(featureUses.feature)
  const known = new Map(rows.map(({ feature, requests }) => [feature, requests]))
  return new Map(usedFeatureNames.map((feature): [UsedFeature, number] => [feature, known.get(feature) ?? 0]))
}
