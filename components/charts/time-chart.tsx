'use client'

import { AreaChart, BarChart, LineChart } from '@mantine/charts'
import { useReducedMotion } from '@mantine/hooks'
import { LoneDot } from '#components/charts/lone-dot'
import { formatExactTime, formatTick as formatTimeTick } from '#components/ui/format-time'
import classes from './time-chart.module.css'

export interface TimeSeries {
  /** Stable key of the series. */
  id: string
  label: string
  /** Any CSS colour. */
  color: string
  /** One value a moment; null is a gap and stays one. */
  values: readonly (number | null)[]
  dashed?: boolean
  /** Belongs to another series, e.g. as its bound, and has no place of its own in the legend. */
  isPart?: boolean
}

export interface TimeChartProps {
  /** What the chart shows, for screen readers, with its unit. */
  label: string
  /** Stacked series stand on each other in their order, the first at the bottom. */
  kind: 'stacked' | 'lines' | 'bars'
  /** Moments of the axis as ISO times, oldest first. */
  moments: readonly string[]
  series: readonly TimeSeries[]
  format: (value: number) => string
  /** For the value axis, where another precision reads better than at the cursor. */
  formatTick?: (value: number) => string
  /** Of the value axis, ascending, from its one end to the other; chosen by the values unless given. */
  ticks?: readonly number[]
  height?: number
}

/** Charts with the same `syncId` share one cursor. */
const syncId = 'time'

/** Series over one time axis. Every chart of a page stands on the same moments, so their cursors move together. */
export function TimeChart(props: TimeChartProps) {
  const { label, kind, moments, series, format, formatTick = format, ticks, height = 176 } = props
  const still = useReducedMotion()
  const spanMs = moments.length > 1 ? Date.parse(moments.at(-1) ?? '') - Date.parse(moments[0] ?? '') : 0
  const shared = {
    h: height,
    data: toRows(moments, series),
    dataKey: 'at',
    // Positions instead of ids: a dot in a name would be read as a path into the row.
    series: series.map(({ label: name, color, dashed }, index) => ({
      name: `s${index}`,
      label: name,
      color,
      strokeDasharray: dashed ? '4 3' : undefined,
    })),
    valueFormatter: format,
    gridAxis: 'x' as const,
    tickLine: 'none' as const,
    strokeDasharray: '0',
    gridColor: 'var(--c-line)',
    textColor: 'var(--c-text-soft)',
    withDots: false,
    connectNulls: false,
    curveType: 'monotone' as const,
    accessibilityLayer: false,
    tooltipAnimationDuration: still ? 0 : 80,
    xAxisProps: {
      tickFormatter: (at: string) => formatTimeTick(at, spanMs),
      interval: 'equidistantPreserveStart' as const,
      minTickGap: 56,
      tickMargin: 6,
      height: 24,
    },
    yAxisProps: {
      width: 58,
      tickCount: 4,
      tickFormatter: (value: number) => withoutEmptyDecimals(formatTick(value)),
      ...(ticks ? { ticks: [...ticks], domain: [ticks[0] ?? 0, ticks.at(-1) ?? 0] } : {}),
    },
    tooltipProps: { labelFormatter: (at: unknown) => formatExactTime(String(at)) },
  }
  return (
    <figure className={classes.figure} aria-label={label}>
      <Legend series={kind === 'stacked' ? series.toReversed() : series} square={kind !== 'lines'} />
      {kind === 'stacked' ? (
        <AreaChart
          {...shared}
          type="stacked"
          fillOpacity={0.85}
          strokeWidth={0}
          withGradient={false}
          areaProps={{ isAnimationActive: false }}
          areaChartProps={{ syncId }}
        />
      ) : null}
      {kind === 'lines' ? (
        <LineChart
          {...shared}
          strokeWidth={1.6}
          lineProps={{ isAnimationActive: false, dot: LoneDot }}
          lineChartProps={{ syncId }}
        />
      ) : null}
      {kind === 'bars' ? (
        <BarChart
          {...shared}
          barProps={{ isAnimationActive: false, radius: 2 }}
          barChartProps={{ syncId, barCategoryGap: '18%' }}
        />
      ) : null}
    </figure>
  )
}

/** `6.00 s` is `6 s` on an axis, where precision is in the steps. */
function withoutEmptyDecimals(text: string): string {
  return text.replace(/\.0+(?!\d)/, '')
}

function Legend({ series, square }: { series: readonly TimeSeries[]; square: boolean }) {
  return (
    <figcaption className={classes.legend}>
      {series
        .filter(({ isPart }) => !isPart)
        .map(({ id, label, color }) => (
          <span key={id} className={classes.item}>
            <span className={square ? classes.square : classes.stroke} style={{ background: color }} />
            {label}
          </span>
        ))}
    </figcaption>
  )
}

function toRows(
  moments: readonly string[],
  series: readonly TimeSeries[],
): Record<string, string | number | null>[] {
  return moments.map((at, position) => ({
    at,
    ...Object.fromEntries(series.map(({ values }, index) => [`s${index}`, values[position] ?? null])),
  }))
}
