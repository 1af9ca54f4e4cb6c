'use client'

import { Button, Collapse } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { Sparkline } from '#components/charts/sparkline'
import { ChangeDrivers } from '#components/costs/change-drivers'
import { changeLinks } from '#components/costs/change-links'
import { DismissModal, RestoreModal } from '#components/costs/dismissal-modals'
import { useActorName } from '#components/data/use-actor-name'
import { costForChart } from '#components/ui/format-cost'
import { GuardedButton } from '#components/ui/guarded-button'
import { QuietLink } from '#components/ui/quiet-link'
import { RelativeTime } from '#components/ui/relative-time'
import type { CostChange } from '#lib/contracts/cost-changes'
import { formatUsd } from '#lib/costs/format-usd'
import classes from './changes.module.css'

/** One change: its shape, its sentence, where to go on, and, when asked, every driver. */
export function ChangeItem({ change, minimumUsd }: { change: CostChange; minimumUsd: number }) {
  const [open, setOpen] = useState(false)
  const [asked, setAsked] = useState<'dismiss' | 'restore' | null>(null)
  const details = useId()
  const links = changeLinks(change)
  const { dimension, accountId, value, dismissal } = change
  return (
    <li className={classes.item} data-dismissed={dismissal ? true : undefined}>
      <ChangeShape change={change} />
      <div className={classes.words}>
        <p className={classes.head}>
          <QuietLink href={links.costs}>{value}</QuietLink>
          <span className={classes.soft}>
            {dimension} of {accountId}
          </span>
          <Amount change={change} />
        </p>
        <p className={classes.sentence}>{change.sentence}</p>
        {dismissal ? <DismissedBy dismissal={dismissal} /> : null}
        <div className={classes.actions}>
          <Button
            size="compact-xs"
            variant="default"
            aria-expanded={open}
            aria-controls={details}
            onClick={() => setOpen(!open)}
            rightSection={open ? <IconChevronUp size={12} /> : <IconChevronDown size={12} />}
          >
            Why
          </Button>
          <Button size="compact-xs" variant="default" component="a" href={links.costs}>
            Costs
          </Button>
          <Button size="compact-xs" variant="default" component="a" href={links.requests}>
            Requests
          </Button>
          {change.kind === 'week' ? null : (
            <GuardedButton
              needs="operator"
              size="compact-xs"
              variant="default"
              aria-label={`${dismissal ? 'Restore' : 'Dismiss'} the anomaly of ${value}`}
              onClick={() => setAsked(dismissal ? 'restore' : 'dismiss')}
            >
              {dismissal ? 'Restore' : 'Dismiss'}
            </GuardedButton>
          )}
        </div>
        <Collapse expanded={open} id={details}>
          <ChangeDrivers change={change} />
        </Collapse>
      </div>
      <DismissModal
        change={asked === 'dismiss' ? change : null}
        minimumUsd={minimumUsd}
        onClose={() => setAsked(null)}
      />
      <RestoreModal change={asked === 'restore' ? change : null} onClose={() => setAsked(null)} />
    </li>
  )
}

function DismissedBy({ dismissal }: { dismissal: NonNullable<CostChange['dismissal']> }) {
  const actorName = useActorName()
  return (
    <p className={classes.soft}>
      Dismissed by {actorName(dismissal.createdBy)} <RelativeTime at={dismissal.createdAt} />:{' '}
      {dismissal.reason}
    </p>
  )
}

/** `+$8.70 a day` */
function Amount({ change }: { change: CostChange }) {
  const amount = BigInt(change.nowPicoUsdPerDay) - BigInt(change.beforePicoUsdPerDay)
  const isUp = amount >= 0n
  return (
    <span className={classes.amount} data-up={isUp || undefined} data-ongoing={change.ongoing || undefined}>
      {isUp ? '+' : '−'}
      {formatUsd(isUp ? amount : -amount)} a day
    </span>
  )
}

/** Six weeks of days, with a line where the change began. */
function ChangeShape({ change }: { change: CostChange }) {
  const { days, startDay } = change
  const start = days.findIndex(({ day }) => day === startDay)
  return (
    <div className={classes.shape} aria-hidden>
      <Sparkline
        values={days.map(({ costPicoUsd }) => costForChart(costPicoUsd))}
        color="var(--c-series-1)"
        height={44}
      />
      {start < 0 ? null : (
        <span
          className={classes.start}
          style={{ left: `${(start / Math.max(1, days.length - 1)) * 100}%` }}
        />
      )}
    </div>
  )
}
