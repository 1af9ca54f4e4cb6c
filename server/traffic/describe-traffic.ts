import type { TimeRangeQuery } from '#lib/contracts/time-range'
import type { SwitchView, TrafficCellView, TrafficView } from '#lib/contracts/traffic'
import { planOverviewRange } from '#lib/telemetry/overview-range'
import type { LocalOrder } from '#lib/traffic/apply-orders'
import { isInScope } from '#lib/traffic/route-traffic'
import { intendedSplit, legacyChainOf, shareFor } from '#lib/traffic/traffic-split'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'
import { readProbes, spentOn, utcDay } from '#server/traffic/legacy-probes'
import { readLegacyRoutes } from '#server/traffic/legacy-routes'
import { describeActor } from '#server/traffic/replay-order'
import { readReturnedRows, readSwitchRows, switchViewOf } from '#server/traffic/switch-store'
import { type CellCounts, readCells } from '#server/traffic/traffic-cells'

const historyLength = 20

/**
 * Who serves what, and how the way back stands, over a time range as of now.
 * @throws AppError `invalid_request` for a custom range without ends, or turned around.
 */
export async function describeTraffic(container: Container, query: TimeRangeQuery): Promise<TrafficView> {
  const { db, clock, env, traffic } = container
  const range = planOverviewRange(query, clock.nowMs())
  if (!range)
    throw new AppError('invalid_request', {
      message: 'A custom range needs from and to, from earlier than to and than now.',
      param: 'from',
    })
  const span = { fromMs: range.fromMs, toMs: range.toMs, grain: range.trafficGrain }
  const [instances, inForce, history, routes, probes, counts] = await Promise.all([
    traffic.reports.read(),
    readSwitchRows(db),
    readReturnedRows(db, historyLength),
    readLegacyRoutes(container),
    readProbes(container),
    readCells(db, span),
  ])
  return {
    configurationVersion: container.configuration.version(),
    instances,
    switches: [...inForce.map(switchViewOf), ...traffic.orders.pending().flatMap(pendingView)],
    history: history.map(switchViewOf),
    routes,
    cells: cellViews(container, { counts, seconds: (range.toMs - range.fromMs) / 1000 }),
    probe: {
      everyMinutes: env.HUNTAZE_LEGACY_PROBE_MINUTES,
      dailyCapUsd: env.HUNTAZE_LEGACY_PROBE_DAILY_USD,
      spentTodayPicoUsd: spentOn(probes, utcDay(clock.nowMs())).toString(),
    },
  }
}

/** A switch that only this instance knows of so far. */
function pendingView(order: LocalOrder): SwitchView[] {
  const { id, action, scope, via, reason, atMs } = order
  if (action === 'return') return []
  const at = new Date(atMs).toISOString()
  const by = describeActor(order)
  const thrown = { at, by, reason, version: 0, fleet: null, firstRequest: null }
  return [{ id, scope, via, thrown, returned: null, stored: false }]
}

interface Counted {
  counts: readonly CellCounts[]
  seconds: number
}

/** Every tier as a whole, served or not, each followed by its operations; embeddings last. */
function cellViews(container: Container, counted: Counted): TrafficCellView[] {
  const { tiers, embeddings } = container.catalog.current()
  const names = [...tiers.keys(), ...(embeddings ? [''] : [])]
  return names.flatMap((tier) => {
    const own = counted.counts.filter((one) => one.tier === tier && isOf(tier, one.operation))
    const whole = own.reduce(
      (sum, { legacy, azure }) => ({ legacy: sum.legacy + legacy, azure: sum.azure + azure }),
      { legacy: 0, azure: 0 },
    )
    const busiest = own.toSorted((a, b) => b.legacy + b.azure - a.legacy - a.azure)
    return [
      cellView(container, { tier, operation: null, ...whole }, counted.seconds),
      ...busiest.map((one) => cellView(container, one, counted.seconds)),
    ]
  })
}

/** Deployments that were named directly have no tier either, but only embeddings are shown without one. */
function isOf(tier: string, operation: string): boolean {
  return tier !== '' || operation === 'embeddings'
}

function cellView(
  { catalog, traffic }: Container,
  { tier, operation, legacy, azure }: Omit<CellCounts, 'operation'> & { operation: string | null },
  seconds: number,
): TrafficCellView {
  const config = traffic.state.current()
  const cell = { tier, operation: operation ?? '' }
  const intended = intendedSplit(cell, { config, catalog: catalog.current() })
  const share = shareFor(cell, config)
  const isCanary = share !== null && share.candidateWeightBps > 0 && share.candidateWeightBps < 10_000
  const subject = { tier: tier === '' ? null : tier, operation: cell.operation }
  return {
    tier,
    operation,
    requests: legacy + azure,
    requestsPerSecond: (legacy + azure) / seconds,
    actual: { legacy, azure: isCanary ? 0 : azure, canary: isCanary ? azure : 0 },
    intended: { legacy: intended.legacyBps, azure: intended.azureBps, canary: intended.canaryBps },
    switchId: config.switches.find(({ scope }) => isInScope(subject, scope))?.id ?? null,
    rolloutId: share?.rolloutId ?? null,
    legacyChain: legacyChainOf(cell, catalog.current()).flat(),
  }
}
