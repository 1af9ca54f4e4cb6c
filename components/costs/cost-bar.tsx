'use client'

import { ActionIcon, Button } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconDownload, IconListDetails, IconX } from '@tabler/icons-react'
import Link from 'next/link'
import {
  type CostView,
  costParameters,
  dimensionWords,
  formatMonth,
  monthOf,
  requestsHref,
  stepMonth,
} from '#components/costs/cost-view'
import { useUrlParams } from '#components/data/use-url-params'
import { dimensionsOf, filterOf } from '#lib/costs/cost-dimensions'
import { formatUtcDay } from '#lib/costs/format-utc-day'
import classes from './costs.module.css'

/** Which month, what it is narrowed to, and where to take it. */
export function CostBar({ view, nowMs }: { view: CostView; nowMs: number }) {
  const { set } = useUrlParams()
  const goTo = (month: string) => set({ month: month === monthOf(nowMs) ? null : month, day: null }, 'push')
  const grain = view.day ? 'hour' : 'day'
  // Creators beside another dimension are kept by day.
  const exported = costParameters(view, nowMs, {
    groupBy: view.by,
    ...(view.day ? {} : { granularity: grain }),
  })
  const exportHref = (kind: 'csv' | 'json') => `/api/admin/costs.${kind}?${new URLSearchParams(exported)}`
  return (
    <search className={classes.bar} aria-label="What the costs are narrowed to">
      <ActionIcon
        variant="default"
        size="lg"
        aria-label="Month before"
        onClick={() => goTo(stepMonth(view.month, -1))}
      >
        <IconChevronLeft size={16} />
      </ActionIcon>
      <span className={classes.month}>{formatMonth(view.month)}</span>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label="Month after"
        disabled={view.month >= monthOf(nowMs)}
        onClick={() => goTo(stepMonth(view.month, 1))}
      >
        <IconChevronRight size={16} />
      </ActionIcon>
      {view.day ? (
        <Chip name="Day" value={formatUtcDay(view.day)} onRemove={() => set({ day: null }, 'push')} />
      ) : null}
      {dimensionsOf(view.filter).map((dimension) => (
        <Chip
          key={dimension}
          name={dimensionWords[dimension]}
          value={view.filter[filterOf[dimension]] || 'none'}
          onRemove={() => set({ [filterOf[dimension]]: null }, 'push')}
        />
      ))}
      <div className={classes.right}>
        <Button
          component={Link}
          href={requestsHref(view)}
          variant="default"
          leftSection={<IconListDetails size={14} />}
        >
          Requests
        </Button>
        {(['csv', 'json'] as const).map((kind) => (
          <Button
            key={kind}
            component="a"
            href={exportHref(kind)}
            download
            variant="default"
            leftSection={<IconDownload size={14} />}
          >
            {kind.toUpperCase()}
          </Button>
        ))}
      </div>
    </search>
  )
}

function Chip({ name, value, onRemove }: { name: string; value: string; onRemove: () => void }) {
  return (
    <span className={classes.chip}>
      <span className={classes.chipName}>{name}</span>
      <span className={classes.chipValue}>{value}</span>
      <ActionIcon size="xs" color="gray" aria-label={`Remove filter ${name}`} onClick={onRemove}>
        <IconX size={12} />
      </ActionIcon>
    </span>
  )
}
