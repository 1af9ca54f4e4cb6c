'use client'

import { Tooltip } from '@mantine/core'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { Sparkline } from '#components/charts/sparkline'
import { formatChange } from '#components/ui/format-number'
import classes from './metric-tile.module.css'

export interface MetricTileProps {
  label: string
  value: string
  unit?: string
  detail: string
  trend: { value: number | null; previous: number | null; sparkline: readonly (number | null)[] }
  /** The page that explains the number; the time range is carried along. */
  href: string
  /** Someone should act. */
  alarming?: boolean
  /** The detail tells of a gap in the data. */
  warning?: boolean
}

/** One number with unit, change against the span before, and shape. */
export function MetricTile({ label, value, unit, detail, trend, href, alarming, warning }: MetricTileProps) {
  const search = useSearchParams()
  const change = formatChange(trend.value, trend.previous)
  return (
    <Link href={withRange(href, search)} className={classes.tile} data-alarming={alarming || undefined}>
      <span className={classes.label}>{label}</span>
      <span className={classes.line}>
        <span className={classes.value}>
          {value}
          {unit ? <span className={classes.unit}>{unit}</span> : null}
        </span>
        {change ? (
          <Tooltip label="Against the span of the same length just before">
            <span className={classes.change}>{change}</span>
          </Tooltip>
        ) : null}
      </span>
      <span className={classes.detail} data-warning={warning || undefined}>
        {detail}
      </span>
      <Sparkline values={trend.sparkline} color={alarming ? 'var(--c-bad)' : undefined} />
    </Link>
  )
}

function withRange(href: string, search: { get(name: string): string | null }): string {
  const [path = href, own = ''] = href.split('?')
  const params = new URLSearchParams(own)
  for (const name of ['range', 'from', 'to', 'tier']) {
    const value = search.get(name)
    if (value) params.set(name, value)
  }
  const text = params.toString()
  return text ? `${path}?${text}` : path
}
