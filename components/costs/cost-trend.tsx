'use client'

import { Skeleton } from '@mantine/core'
import { TimeChart, type TimeSeries } from '#components/charts/time-chart'
import { type CostView, costMoments, costParameters, dimensionWords } from '#components/costs/cost-view'
import { useCosts } from '#components/data/use-costs'
import { costForChart } from '#components/ui/format-cost'
import { Panel } from '#components/ui/panel'
import type { CostReport } from '#lib/contracts/costs'
import type { CostDimension } from '#lib/costs/cost-dimensions'
import { formatUsd } from '#lib/costs/format-usd'

const colors = [1, 2, 3, 4, 5].map((number) => `var(--c-series-${number})`)
const otherColor = 'var(--c-series-other)'

/** Cost by day of the month, or by hour of the day, split by the chosen dimension. */
export function CostTrend({ view, nowMs }: { view: CostView; nowMs: number }) {
  const grain = view.day ? 'hour' : 'day'
  const { data } = useCosts(
    costParameters(view, nowMs, { groupBy: view.by, granularity: grain, top: String(colors.length) }),
  )
  const label = `Cost by ${grain} and ${dimensionWords[view.by].toLowerCase()}`
  return (
    <Panel title={label} hint={`USD a ${grain}, UTC`}>
      {data ? (
        <TimeChart
          label={`${label}, USD`}
          kind="stacked"
          moments={costMoments(view, nowMs)}
          series={toSeries(data, { by: view.by, moments: costMoments(view, nowMs) })}
          format={(value) => formatUsd(BigInt(Math.round(value * 1_000_000)) * 1_000_000n)}
          height={200}
        />
      ) : (
        <Skeleton height={220} role="status" aria-label="Loading the trend" />
      )}
    </Panel>
  )
}

/** One series a group, the dearest first, the rest as one; nothing is zero. */
function toSeries(
  report: CostReport,
  { by, moments }: { by: CostDimension; moments: readonly string[] },
): TimeSeries[] {
  const nameOf = (row: CostReport['rows'][number]) => (row.group === null ? null : (row.group[by] ?? ''))
  const totals = new Map<string | null, bigint>()
  for (const row of report.rows) {
    const name = nameOf(row)
    totals.set(name, (totals.get(name) ?? 0n) + BigInt(row.costPicoUsd ?? 0))
  }
  const names = [...totals.keys()].filter((name) => name !== null)
  names.sort((a, b) => Number((totals.get(b) ?? 0n) - (totals.get(a) ?? 0n)))
  const ordered: (string | null)[] = totals.has(null) ? [...names, null] : names
  return ordered.map((name, index) => {
    const costs = new Map(
      report.rows.filter((row) => nameOf(row) === name).map((row) => [row.at, row.costPicoUsd ?? '0']),
    )
    return {
      id: name === null ? 'other groups' : `group ${name}`,
      label: name === null ? 'all others' : name || 'none',
      color: name === null ? otherColor : (colors[index] ?? otherColor),
      values: moments.map((at) => costForChart(costs.get(at) ?? '0')),
    }
  })
}
