import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconInfoCircleFilled,
  IconXboxXFilled,
  type TablerIcon,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Tone } from '#components/ui/tone'
import classes from './state-tag.module.css'

const icons = {
  good: IconCircleCheckFilled,
  warn: IconAlertTriangleFilled,
  bad: IconXboxXFilled,
  info: IconInfoCircleFilled,
  neutral: IconCircleDashed,
} as const

export interface StateTagProps {
  tone: Tone
  /** In place of the tone's own. */
  icon?: TablerIcon
  /** `plain` is text alone; `solid` is for the one thing on a page that has to be seen first. */
  look?: 'soft' | 'plain' | 'solid'
  children: ReactNode
}

/** A state as icon, colour and word, so that no one of the three has to carry it alone. */
export function StateTag({ tone, icon, look = 'soft', children }: StateTagProps) {
  const Icon = icon ?? icons[tone]
  return (
    <span className={classes.tag} data-tone={tone} data-look={look}>
      <Icon size={13} aria-hidden />
      {children}
    </span>
  )
}
