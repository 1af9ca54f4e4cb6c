'use client'

import { IconArrowDown, IconArrowUp, IconHourglassFilled } from '@tabler/icons-react'
import { CapacityActions } from '#components/deployments/capacity-actions'
import type { StateWords } from '#components/deployments/state-words'
import type { Column } from '#components/ui/data-table'
import { formatCompact, formatRatio } from '#components/ui/format-number'
import { Meter } from '#components/ui/meter'
import { StateTag } from '#components/ui/state-tag'
import type { CapacityLineView } from '#lib/contracts/capacity'
import classes from './capacity.module.css'

const verdicts: Readonly<Record<CapacityLineView['verdict'], StateWords>> = {
  scale_up: { tone: 'warn', word: 'scale up', icon: IconArrowUp },
  scale_down: { tone: 'info', word: 'scale down', icon: IconArrowDown },
  keep: { tone: 'good', word: 'keep' },
  cooling_down: { tone: 'neutral', word: 'cooling down', icon: IconHourglassFilled },
  unknown: { tone: 'neutral', word: 'not known' },
}

/** Columns of the capacity plan. */
export function capacityColumns(
  onAsk: (what: 'apply' | 'dismiss', line: CapacityLineView) => void,
): readonly Column<CapacityLineView>[] {
  return [
    {
      id: 'deployment',
      label: 'Deployment',
      width: 186,
      sortBy: ({ deploymentId }) => deploymentId,
      render: ({ deploymentId }) => <span className={classes.name}>{deploymentId}</span>,
    },
    {
      id: 'verdict',
      label: 'Verdict',
      width: 300,
      sortBy: ({ verdict }) => verdict,
      render: (line) => <Verdict line={line} />,
    },
    {
      id: 'load',
      label: 'Load',
      numeric: true,
      width: 150,
      sortBy: ({ utilization }) => utilization,
      render: (line) => <Load line={line} />,
    },
    {
      id: 'headroom',
      label: 'Headroom',
      numeric: true,
      width: 86,
      sortBy: ({ headroom }) => headroom,
      render: ({ headroom }) => formatRatio(headroom),
    },
    {
      id: 'size',
      label: 'Deployed',
      numeric: true,
      width: 100,
      sortBy: ({ currentUnits }) => currentUnits,
      render: (line) => units(line, line.currentUnits),
    },
    {
      id: 'recommended',
      label: 'Recommended',
      numeric: true,
      width: 116,
      sortBy: ({ recommendedUnits }) => recommendedUnits,
      render: (line) => units(line, line.recommendedUnits),
    },
    {
      id: 'actions',
      label: 'Change',
      width: 156,
      render: (line) => <CapacityActions line={line} onAsk={onAsk} />,
    },
  ]
}

function units({ unit }: CapacityLineView, value: number | null): string {
  return value === null ? '–' : `${formatCompact(value)} ${unit}`
}

function Verdict({ line }: { line: CapacityLineView }) {
  const { tone, word, icon } = verdicts[line.verdict]
  return (
    <span className={classes.verdict}>
      <StateTag tone={tone} icon={icon} look={tone === 'warn' || tone === 'info' ? 'soft' : 'plain'}>
        {word}
      </StateTag>
      <span className={classes.reason} title={line.reason}>
        {line.reason}
      </span>
    </span>
  )
}

function Load({ line }: { line: CapacityLineView }) {
  const { utilization, tokensPerMinute, requestsPerMinute } = line
  const title = `${formatCompact(tokensPerMinute)} tokens/min, ${formatCompact(requestsPerMinute)} requests/min`
  if (utilization === null) return <span title={title}>{formatCompact(tokensPerMinute)} tokens/min</span>
  return (
    <span className={classes.load} title={title}>
      <Meter label={`Load of ${line.deploymentId}`} used={utilization} />
      <span>{formatRatio(utilization)}</span>
    </span>
  )
}
