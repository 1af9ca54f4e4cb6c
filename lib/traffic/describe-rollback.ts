import type { Catalog } from '#lib/deployments/catalog'
import { formatRate } from '#lib/telemetry/format-rate'
import { isInScope } from '#lib/traffic/route-traffic'
import { describeScope, type SwitchScope } from '#lib/traffic/traffic-config'
import { legacyChainOf, type TrafficCell } from '#lib/traffic/traffic-split'

/** What a cell gets by now. */
export interface CellRate extends TrafficCell {
  requestsPerSecond: number
  /** Part of it that the legacy providers answer already. */
  legacyPerSecond: number
}

/** What throwing a switch would do. */
export interface RollbackForecast {
  /** One sentence with numbers. */
  sentence: string
  /** Requests a second that would change provider. */
  movedPerSecond: number
  /** Cells that would be answered by their legacy chain. */
  moves: { tier: string; operation: string; requestsPerSecond: number; to: string[] }[]
  /** What is in the scope and has no way back. */
  stays: { tier: string; requestsPerSecond: number }[]
}

/** Forecasts a switch of this scope from what the last minutes carried; it moves nothing. */
export function describeRollback(
  scope: SwitchScope,
  { rates, catalog }: { rates: readonly CellRate[]; catalog: Catalog },
): RollbackForecast {
  const inScope = rates.filter(({ tier, operation }) =>
    isInScope({ tier: tier === '' ? null : tier, operation }, scope),
  )
  const moves = inScope.flatMap((cell) => {
    const to = legacyChainOf(cell, catalog).flat()
    const { tier, operation, requestsPerSecond, legacyPerSecond } = cell
    return to.length === 0
      ? []
      : [{ tier, operation, requestsPerSecond: requestsPerSecond - legacyPerSecond, to }]
  })
  const stays = [
    ...Map.groupBy(
      inScope.filter((cell) => legacyChainOf(cell, catalog).length === 0),
      ({ tier }) => tier,
    ),
  ].map(([tier, cells]) => ({
    tier,
    requestsPerSecond: cells.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0),
  }))
  const movedPerSecond = moves.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)
  const providers = providersOf(moves, catalog) || providersOf(reachable(scope, catalog), catalog)
  const rate =
    movedPerSecond === 0
      ? 'no request of the last five minutes'
      : `about ${formatRate(movedPerSecond)} requests/s`
  const left = stays.some(({ requestsPerSecond }) => requestsPerSecond > 0)
    ? ` ${stays.map(({ tier }) => (tier === '' ? 'Embeddings' : `Tier ${tier}`)).join(', ')} would stay: no legacy chain.`
    : ''
  return {
    sentence: `Sends ${describeScope(scope)} (${rate}) back to ${providers}.${left}`,
    movedPerSecond,
    moves,
    stays,
  }
}

/** Tiers of the scope that have a way back, whatever they carry. */
function reachable(scope: SwitchScope, catalog: Catalog): { to: readonly string[] }[] {
  return tiersIn(scope, catalog).map((tier) => ({
    to: legacyChainOf({ tier, operation: '' }, catalog).flat(),
  }))
}

/** Names of the tiers that a scope may touch and that have a legacy chain; the empty name stands for embeddings. */
export function tiersIn(scope: SwitchScope, catalog: Catalog): string[] {
  const named = scope.kind === 'all' ? null : scope.tier
  return [...catalog.tiers.keys(), '']
    .filter((tier) => named === null || tier === named)
    .filter((tier) => legacyChainOf({ tier, operation: '' }, catalog).length > 0)
}

const providerWords = { openai: 'OpenAI', anthropic: 'Anthropic', 'azure-openai': 'Azure OpenAI' } as const

/** The providers that would be asked first. */
function providersOf(moves: readonly { to: readonly string[] }[], catalog: Catalog): string {
  const names = moves.flatMap(({ to }) => catalog.deployments.get(to[0] ?? '')?.provider ?? [])
  return [...new Set(names)].map((name) => providerWords[name]).join(' and ')
}

/** What has to be typed before a switch is thrown, e.g. `roll back premium`. */
export function rollbackWord(scope: SwitchScope): string {
  if (scope.kind === 'all') return 'roll back all'
  return scope.kind === 'tier' ? `roll back ${scope.tier}` : `roll back ${scope.operation}`
}

/** What has to be typed before a switch is taken back. */
export const returnWord = 'return to Azure'
