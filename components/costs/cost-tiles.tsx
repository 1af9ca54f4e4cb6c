'use client'

import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { type CostView, costParameters, formatMonth, monthOf } from '#components/costs/cost-view'
import { useCosts } from '#components/data/use-costs'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCost } from '#components/ui/format-cost'
import { formatCompact, formatCount } from '#components/ui/format-number'
import { StaleStrip } from '#components/ui/stale-strip'
import { formatUtcDay } from '#lib/costs/format-utc-day'
import classes from './costs.module.css'

/** The month in four numbers. */
export function CostTiles({ view, nowMs }: { view: CostView; nowMs: number }) {
  const month = useCosts(costParameters({ ...view, day: null }, nowMs))
  const today = new Date(nowMs).toISOString().slice(0, 10)
  const chosen = view.day ?? today
  const day = useCosts(costParameters({ ...view, month: chosen.slice(0, 7), day: chosen }, nowMs))
  if (!month.data) {
    return month.error ? (
      <ErrorNotice what="The costs" error={month.error} onRetry={() => void month.refetch()} />
    ) : (
      <Skeleton height={86} role="status" aria-label="Loading the costs" />
    )
  }
  const { totals } = month.data
  const isNow = view.month === monthOf(nowMs)
  return (
    <>
      {month.error ? (
        <StaleStrip error={month.error} readAtMs={month.dataUpdatedAt} onRetry={() => void month.refetch()} />
      ) : null}
      <div className={classes.tiles}>
        <Tile
          label={isNow ? 'Month to date' : formatMonth(view.month)}
          value={formatCost(totals.costPicoUsd)}
        >
          {isNow ? 'since the 1st, UTC' : 'the whole month, UTC'}
        </Tile>
        <Tile
          label={view.day ? formatUtcDay(view.day) : 'Today'}
          value={day.data ? formatCost(day.data.totals.costPicoUsd) : '…'}
        >
          {day.data ? `${formatCount(day.data.totals.requests)} requests` : ''}
        </Tile>
        <Tile label="Requests" value={formatCount(totals.requests)}>
          {formatCompact(totals.inputTokens)} tokens in, {formatCompact(totals.outputTokens)} out
        </Tile>
        <Tile
          label="Without a price"
          value={formatCount(totals.unpricedRequests)}
          warning={totals.unpricedRequests > 0}
        >
          {totals.unpricedRequests > 0
            ? 'requests that stand in no total'
            : totals.estimatedRequests > 0
              ? `${formatCount(totals.estimatedRequests)} with estimated tokens`
              : 'everything has a price'}
        </Tile>
      </div>
    </>
  )
}

function Tile(props: { label: string; value: string; warning?: boolean; children: ReactNode }) {
  return (
    <div className={classes.tile}>
      <span className={classes.label}>{props.label}</span>
      <span className={props.warning ? `${classes.value} ${classes.warn}` : classes.value}>
        {props.value}
      </span>
      <span className={classes.detail}>{props.children}</span>
    </div>
  )
}
