import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconInfoCircleFilled,
  IconXboxXFilled,
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

/** A state as icon, colour and word, so that no one of the three has to carry it alone. */
export function StateTag({
  tone,
  children,
  plain = false,
}: {
  tone: Tone
  children: ReactNode
  plain?: boolean
}) {
  const Icon = icons[tone]
  return (
    <span className={classes.tag} data-tone={tone} data-plain={plain || undefined}>
      <Icon size={13} aria-hidden />
      {children}
    </span>
  )
}
