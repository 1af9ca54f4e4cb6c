import type { DryRunView } from '#lib/contracts/traffic'
import { describeRollback, rollbackWord } from '#lib/traffic/describe-rollback'
import type { SwitchScope } from '#lib/traffic/traffic-config'
import type { Container } from '#server/create-container'
import { readLegacyRoutes } from '#server/traffic/legacy-routes'
import { readCells } from '#server/traffic/traffic-cells'

const spanMs = 300_000

/** What throwing a switch would do, from the traffic of the last five minutes; it moves nothing. */
export async function forecastRollback(container: Container, scope: SwitchScope): Promise<DryRunView> {
  const toMs = container.clock.nowMs()
  const catalog = container.catalog.current()
  const cells = await readCells(container.db, { fromMs: toMs - spanMs, toMs, grain: 'minute' })
  const rates = cells.map(({ tier, operation, legacy, azure }) => ({
    tier,
    operation,
    requestsPerSecond: (legacy + azure) / (spanMs / 1000),
    legacyPerSecond: legacy / (spanMs / 1000),
  }))
  const forecast = describeRollback(scope, { rates, catalog })
  const used = new Set(forecast.moves.flatMap(({ to }) => to.slice(0, 1)))
  const routes = await readLegacyRoutes(container)
  const perMinute = forecast.movedPerSecond * 60
  const warnings = routes
    .filter(({ deploymentId, tiers }) =>
      used.size > 0 ? used.has(deploymentId) : scope.kind !== 'tier' || tiers.includes(scope.tier),
    )
    .flatMap(({ deploymentId, state, notes, limitRequests }) => [
      ...(state === 'ready' ? [] : [`${deploymentId}: ${notes.join('; ')}`]),
      ...(limitRequests !== null && perMinute > limitRequests
        ? [
            `${deploymentId}: its limit is ${limitRequests} requests/min, and about ${Math.round(perMinute)} would come`,
          ]
        : []),
    ])
  return { ...forecast, confirmation: rollbackWord(scope), warnings }
}
