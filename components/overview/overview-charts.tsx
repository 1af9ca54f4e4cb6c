'use client'

import { rankSeries } from '#components/charts/rank-series'
import { TimeChart, type TimeSeries } from '#components/charts/time-chart'
import { RecentIncidents } from '#components/overview/recent-incidents'
import { costForChart } from '#components/ui/format-cost'
import { formatMs } from '#components/ui/format-duration'
import { formatRate } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import type { Overview } from '#lib/contracts/overview'
import classes from './overview-page.module.css'

const outcomes = [
  { id: 'error', label: 'error', color: 'var(--c-outcome-error)' },
  { id: 'cut', label: 'stream cut', color: 'var(--c-outcome-cut)' },
  { id: 'cancelled', label: 'cancelled', color: 'var(--c-outcome-cancelled)' },
  { id: 'success', label: 'success', color: 'var(--c-outcome-success)' },
] as const

/** The built-in tiers keep their colour whatever their traffic; others take what is left. */
const tierColors: Readonly<Record<string, string>> = {
  premium: 'var(--c-series-1)',
  standard: 'var(--c-series-2)',
  economy: 'var(--c-series-3)',
}
const otherTierColors = ['var(--c-series-4)', 'var(--c-series-5)', 'var(--c-series-other)']

/** Traffic, speed and cost on one time axis with one cursor. */
export function OverviewCharts({ overview }: { overview: Overview }) {
  const { points } = overview
  const moments = points.map(({ at }) => at)
  const step = stepWords(overview.stepSeconds)
  return (
    <div className={classes.charts}>
      <Panel title="Requests by outcome" hint="requests/s">
        <TimeChart
          label="Requests a second by outcome"
          kind="stacked"
          moments={moments}
          series={outcomeSeries(points)}
          format={formatRate}
          formatTick={rateTick}
        />
      </Panel>
      <Panel title="Requests by tier" hint="requests/s">
        <TimeChart
          label="Requests a second by tier"
          kind="stacked"
          moments={moments}
          series={tierSeries(points)}
          format={formatRate}
          formatTick={rateTick}
        />
      </Panel>
      <Panel title="Cost" hint={`USD per ${step}`}>
        <TimeChart
          label={`Cost in US dollars per ${step}`}
          kind="bars"
          moments={moments}
          series={[
            {
              id: 'cost',
              label: 'cost',
              color: 'var(--c-cost)',
              values: points.map((point) => costForChart(point.costPicoUsd)),
            },
          ]}
          format={dollars}
        />
      </Panel>
      <Panel title="Latency" hint="whole answer, successes">
        <TimeChart
          label="Latency, median and 95th percentile"
          kind="lines"
          moments={moments}
          series={percentiles(points.map((point) => [point.latencyP50Ms, point.latencyP95Ms]))}
          format={formatMs}
        />
      </Panel>
      <Panel title="Time to first token" hint="streams">
        <TimeChart
          label="Time to first token, median and 95th percentile"
          kind="lines"
          moments={moments}
          series={percentiles(points.map((point) => [point.firstTokenP50Ms, point.firstTokenP95Ms]))}
          format={formatMs}
        />
      </Panel>
      <RecentIncidents overview={overview} />
    </div>
  )
}

type Points = Overview['points']

function outcomeSeries(points: Points): TimeSeries[] {
  return outcomes
    .map((outcome) => ({ ...outcome, values: points.map(({ byOutcome }) => byOutcome[outcome.id] ?? 0) }))
    .filter(({ id, values }) => id === 'success' || id === 'error' || values.some((value) => value > 0))
}

function tierSeries(points: Points): TimeSeries[] {
  const ranked = rankSeries(
    points.map(({ byTier }) => byTier),
    6,
  )
  const builtIn = Object.keys(tierColors)
  const place = (name: string) => (builtIn.includes(name) ? builtIn.indexOf(name) : builtIn.length)
  const others = ranked.filter(({ name }) => !builtIn.includes(name)).map(({ name }) => name)
  return ranked
    .toSorted((one, other) => place(one.name) - place(other.name))
    .map(({ name, values }) => ({
      id: name,
      label: name === '' ? 'no tier' : name,
      color: tierColors[name] ?? otherTierColors[others.indexOf(name)] ?? 'var(--c-series-other)',
      values,
    }))
}

function percentiles(pairs: readonly (readonly [number | null, number | null])[]): TimeSeries[] {
  return [
    { id: 'p95', label: 'p95', color: 'var(--c-p95)', values: pairs.map(([, p95]) => p95) },
    { id: 'p50', label: 'p50', color: 'var(--c-p50)', values: pairs.map(([p50]) => p50) },
  ]
}

/** Ticks are even steps, and rounding them to one decimal would make them look uneven. */
function rateTick(value: number): string {
  return value < 10 ? String(Number(value.toFixed(2))) : formatRate(value)
}

function dollars(value: number): string {
  if (value === 0) return '$0'
  return value < 0.01 ? `$${value.toPrecision(2)}` : `$${value.toFixed(value < 1 ? 3 : 2)}`
}

function stepWords(seconds: number): string {
  if (seconds % 86_400 === 0) return seconds === 86_400 ? 'day' : `${seconds / 86_400} days`
  if (seconds % 3600 === 0) return seconds === 3600 ? 'hour' : `${seconds / 3600} hours`
  if (seconds % 60 === 0) return seconds === 60 ? 'minute' : `${seconds / 60} minutes`
  return `${seconds} s`
}
