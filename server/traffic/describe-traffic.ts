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
import { type CellCounts, readCells, readCellsSince } from '#server/traffic/traffic-cells'
import { readRolloutChanges, switchChanges, type TrafficChange } from '#server/traffic/traffic-changes'

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
  const [instances, inForce, returned, routes, probes, counts, steps] = await Promise.all([
    traffic.reports.read(),
    readSwitchRows(db),
    readReturnedRows(db, historyLength),
    readLegacyRoutes(container),
    readProbes(container),
    readCells(db, span),
    readRolloutChanges(db, range.fromMs),
  ])
  const switches = [...inForce.map(switchViewOf), ...traffic.orders.pending().flatMap(pendingView)]
  const history = returned.map(switchViewOf)
  const changes = [...steps, ...switchChanges([...switches, ...history])]
  return {
    configurationVersion: container.configuration.version(),
    instances,
    switches,
    history,
    routes,
    cells: await cellViews(container, { counts, changes, fromMs: range.fromMs, toMs: range.toMs }),
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
  /** Of the whole range. */
  counts: readonly CellCounts[]
  changes: readonly TrafficChange[]
  fromMs: number
  toMs: number
}

/** Who answered in an operation of a tier: how much in the whole range, and by whom since it is meant to be as it is. */
interface CountedCell {
  tier: string
  operation: string
  requests: number
  since: { legacy: number; azure: number; atMs: number | null }
}

/** Every tier as a whole, served or not, each followed by its operations; embeddings last. */
async function cellViews(container: Container, counted: Counted): Promise<TrafficCellView[]> {
  const { tiers, embeddings } = container.catalog.current()
  const names = [...tiers.keys(), ...(embeddings ? [''] : [])]
  const cells = await countCells(container, counted)
  const seconds = (counted.toMs - counted.fromMs) / 1000
  return names.flatMap((tier) => {
    const own = cells.filter((one) => one.tier === tier && isOf(tier, one.operation))
    const busiest = own.toSorted((a, b) => b.requests - a.requests)
    return [
      cellView(container, { ...wholeOf(tier, own), operation: null }, seconds),
      ...busiest.map((one) => cellView(container, one, seconds)),
    ]
  })
}

/** What happened before the last change of a cell says nothing of how it is split now. */
async function countCells({ db }: Container, counted: Counted): Promise<CountedCell[]> {
  const { counts, changes, fromMs, toMs } = counted
  const changedAtMs = ({ tier, operation }: CellCounts) =>
    changes
      .filter(({ scope }) => isInScope({ tier: tier === '' ? null : tier, operation }, scope))
      .reduce((last, { atMs }) => Math.max(last, atMs), fromMs)
  const moments = [...new Set(counts.map(changedAtMs))].filter((atMs) => atMs > fromMs && atMs < toMs)
  const read = await Promise.all(moments.map((sinceMs) => readCellsSince(db, { sinceMs, toMs })))
  const since = new Map(moments.map((atMs, index) => [atMs, read[index] ?? []]))
  return counts.map((cell) => {
    const { tier, operation } = cell
    const atMs = changedAtMs(cell)
    const later = since.get(atMs)
    const rows = later?.filter((one) => one.tier === tier && one.operation === operation) ?? [cell]
    return {
      tier,
      operation,
      requests: cell.legacy + cell.azure,
      since: { ...sidesOf(rows), atMs: later ? atMs : null },
    }
  })
}

function wholeOf(tier: string, cells: readonly CountedCell[]): Omit<CountedCell, 'operation'> {
  const moments = cells.flatMap(({ since }) => since.atMs ?? [])
  return {
    tier,
    requests: cells.reduce((sum, { requests }) => sum + requests, 0),
    since: {
      ...sidesOf(cells.map(({ since }) => since)),
      atMs: moments.length === 0 ? null : Math.max(...moments),
    },
  }
}

function sidesOf(rows: readonly { legacy: number; azure: number }[]): { legacy: number; azure: number } {
  return rows.reduce<{ legacy: number; azure: number }>(
    (sum, { legacy, azure }) => ({ legacy: sum.legacy + legacy, azure: sum.azure + azure }),
    { legacy: 0, azure: 0 },
  )
}

/** Deployments that were named directly have no tier either, but only embeddings are shown without one. */
function isOf(tier: string, operation: string): boolean {
  return tier !== '' || operation === 'embeddings'
}

function cellView(
  { catalog, traffic }: Container,
  { tier, operation, requests, since }: Omit<CountedCell, 'operation'> & { operation: string | null },
  seconds: number,
): TrafficCellView {
  const config = traffic.state.current()
  const cell = { tier, operation: operation ?? '' }
  const intended = intendedSplit(cell, { config, catalog: catalog.current() })
  const share = shareFor(cell, config)
  const isCanary = share !== null && share.candidateWeightBps > 0 && share.candidateWeightBps < 10_000
  const subject = { tier: tier === '' ? null : tier, operation: cell.operation }
  const { legacy, azure, atMs } = since
  return {
    tier,
    operation,
    requests,
    requestsPerSecond: requests / seconds,
    actual: { legacy, azure: isCanary ? 0 : azure, canary: isCanary ? azure : 0 },
    countedSince: atMs === null ? null : new Date(atMs).toISOString(),
    intended: { legacy: intended.legacyBps, azure: intended.azureBps, canary: intended.canaryBps },
    switchId: config.switches.find(({ scope }) => isInScope(subject, scope))?.id ?? null,
    rolloutId: share?.rolloutId ?? null,
    legacyChain: legacyChainOf(cell, catalog.current()).flat(),
  }
}
