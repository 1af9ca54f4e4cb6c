import type { Catalog } from '#lib/deployments/catalog'
import { isInScope } from '#lib/traffic/route-traffic'
import type { TrafficConfig, TrafficShare } from '#lib/traffic/traffic-config'

/** What is looked at: an operation of a tier; the empty tier stands for embeddings. */
export interface TrafficCell {
  tier: string
  operation: string
}

/** Parts of the traffic in basis points; they sum to 10,000. */
export interface TrafficSplit {
  legacyBps: number
  azureBps: number
  canaryBps: number
}

/** Where the cell's traffic is meant to go, by who is asked first. */
export function intendedSplit(
  cell: TrafficCell,
  { config, catalog }: { config: TrafficConfig; catalog: Catalog },
): TrafficSplit {
  const subject = { tier: cell.tier === '' ? null : cell.tier, operation: cell.operation }
  const { switches } = config
  if (switches.some(({ scope }) => isInScope(subject, scope)) && legacyChainOf(cell, catalog).length > 0)
    return { legacyBps: 10_000, azureBps: 0, canaryBps: 0 }
  const share = shareFor(cell, config)
  if (!share) return sideSplit(ownChainOf(cell, catalog), catalog, { weightBps: 10_000, isCanary: false })
  const { candidateWeightBps } = share
  const candidate = sideSplit(share.candidate ?? ownChainOf(cell, catalog), catalog, {
    weightBps: candidateWeightBps,
    isCanary: candidateWeightBps < 10_000,
  })
  const baselineChain = share.baseline === 'legacy' ? legacyChainOf(cell, catalog) : share.baseline
  const baseline = sideSplit(baselineChain, catalog, {
    weightBps: 10_000 - candidateWeightBps,
    isCanary: false,
  })
  return {
    legacyBps: candidate.legacyBps + baseline.legacyBps,
    azureBps: candidate.azureBps + baseline.azureBps,
    canaryBps: candidate.canaryBps + baseline.canaryBps,
  }
}

/** The share that decides for the cell: the operation's before the tier's. */
export function shareFor({ tier, operation }: TrafficCell, { shares }: TrafficConfig): TrafficShare | null {
  const ofTier = shares.filter((share) => share.tier === tier)
  return (
    ofTier.find((share) => share.operation === operation) ??
    ofTier.find((share) => share.operation === null) ??
    null
  )
}

/** What served the cell before; empty where there is no way back. */
export function legacyChainOf({ tier }: TrafficCell, catalog: Catalog): readonly (readonly string[])[] {
  return (tier === '' ? catalog.embeddings?.legacy : catalog.tiers.get(tier)?.legacy) ?? []
}

function ownChainOf({ tier }: TrafficCell, catalog: Catalog): readonly (readonly string[])[] {
  return (tier === '' ? catalog.embeddings?.chain : catalog.tiers.get(tier)?.chain) ?? []
}

function sideSplit(
  chain: readonly (readonly string[])[],
  catalog: Catalog,
  { weightBps, isCanary }: { weightBps: number; isCanary: boolean },
): TrafficSplit {
  const provider = catalog.deployments.get(chain[0]?.[0] ?? '')?.provider ?? 'azure-openai'
  const isLegacy = provider !== 'azure-openai'
  return {
    legacyBps: isLegacy && !isCanary ? weightBps : 0,
    azureBps: !isLegacy && !isCanary ? weightBps : 0,
    canaryBps: isCanary ? weightBps : 0,
  }
}
