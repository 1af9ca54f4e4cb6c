'use client'

import { rangeBrief } from '#components/data/time-range'
import { MetricTile } from '#components/overview/metric-tile'
import { costForChart, formatCost } from '#components/ui/format-cost'
import { formatMs } from '#components/ui/format-duration'
import { formatCompact, formatCount, formatRate, formatRatio } from '#components/ui/format-number'
import type { Overview } from '#lib/contracts/overview'
import type { TimeRangeQuery } from '#lib/contracts/time-range'
import classes from './metric-tile.module.css'

/** From this share of failures on, someone should act. */
const alarmingErrorRatio = 0.05

/** The six numbers of the page. Each leads to the page that explains it. */
export function OverviewTiles({ overview, range }: { overview: Overview; range: TimeRangeQuery }) {
  const alarming = (overview.errorRatio.value ?? 0) >= alarmingErrorRatio
  const unpriced = overview.unpricedRequests
  return (
    <div className={classes.tiles}>
      <MetricTile
        label="Requests"
        value={formatRate(overview.requestsPerSecond.value)}
        unit="/s"
        detail={`${formatCount(overview.requests)} ${rangeBrief(range.range)}`}
        trend={overview.requestsPerSecond}
        href="/requests"
      />
      <MetricTile
        label="Errors"
        value={formatRatio(overview.errorRatio.value)}
        detail={alarming ? 'More than 5 % fail' : 'of requests'}
        trend={overview.errorRatio}
        alarming={alarming}
        href="/requests?outcome=error"
      />
      <MetricTile
        label="Latency p95"
        value={formatMs(overview.latencyP95Ms.value)}
        detail={`p50 ${formatMs(overview.latencyP50Ms.value)}`}
        trend={overview.latencyP95Ms}
        href="/deployments"
      />
      <MetricTile
        label="First token p95"
        value={formatMs(overview.firstTokenP95Ms.value)}
        detail={`p50 ${formatMs(overview.firstTokenP50Ms.value)}`}
        trend={overview.firstTokenP95Ms}
        href="/deployments"
      />
      <MetricTile
        label="Tokens"
        value={formatCompact(overview.tokens.value)}
        detail="input and output"
        trend={overview.tokens}
        href="/requests"
      />
      <MetricTile
        label="Cost today"
        value={formatCost(overview.costTodayPicoUsd)}
        detail={
          unpriced > 0
            ? `${formatCount(unpriced)} requests have no price`
            : `${formatCost(overview.costPicoUsd)} ${rangeBrief(range.range)}`
        }
        warning={unpriced > 0}
        trend={{
          value: null,
          previous: null,
          sparkline: overview.points.map(({ costPicoUsd }) => costForChart(costPicoUsd)),
        }}
        href="/costs"
      />
    </div>
  )
}
