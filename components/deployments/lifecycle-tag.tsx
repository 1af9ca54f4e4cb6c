'use client'

import { Tooltip } from '@mantine/core'
import { IconCalendarExclamation } from '@tabler/icons-react'
import { useNow } from '#components/data/use-now'
import { formatDay } from '#components/ui/format-time'
import type { Tone } from '#components/ui/tone'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './lifecycle-tag.module.css'

type Lifecycle = DeploymentView['lifecycle']

const tones: Record<Lifecycle['stage'], Tone> = {
  preview: 'info',
  ga: 'neutral',
  legacy: 'neutral',
  deprecated: 'warn',
  retired: 'warn',
  unknown: 'neutral',
}

/** Retirement closer than this deserves a look. */
const soonMs = 90 * 86_400_000

/** Stage of the model, with the date while it is still to come; generally available models with a distant end carry no tag. */
export function LifecycleTag({ lifecycle }: { lifecycle: Lifecycle }) {
  const now = useNow()
  const soon = lifecycle.retiresOn !== null && now > 0 && Date.parse(lifecycle.retiresOn) - now < soonMs
  if (lifecycle.stage === 'ga' && !soon) return null
  const tone = soon && tones[lifecycle.stage] === 'neutral' ? 'warn' : tones[lifecycle.stage]
  return (
    <Tooltip label={lifecycleSentence(lifecycle)}>
      <span className={classes.tag} data-tone={tone}>
        <IconCalendarExclamation size={13} aria-hidden />
        {shortWords(lifecycle)}
      </span>
    </Tooltip>
  )
}

function shortWords({ stage, retiresOn }: Lifecycle): string {
  if (stage === 'retired' || retiresOn === null) return stage === 'unknown' ? 'lifecycle unknown' : stage
  return `retires ${formatDay(retiresOn)}`
}

/** Stage, date, replacement, and how old the knowledge is. */
export function lifecycleSentence({ stage, retiresOn, replacement, asOf }: Lifecycle): string {
  const date =
    retiresOn === null
      ? ''
      : stage === 'retired'
        ? `, since ${formatDay(retiresOn)}`
        : `, retires on ${formatDay(retiresOn)}`
  const next = replacement === null ? '' : ` Replacement: ${replacement}.`
  const known = asOf === null ? '' : ` As of ${formatDay(asOf)}.`
  return `${stage.charAt(0).toUpperCase()}${stage.slice(1)}${date}.${next}${known}`
}
