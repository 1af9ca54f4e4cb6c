'use client'

import { Button, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { type PairDifference, pairsCsvPath, useShadowPairs } from '#components/data/use-shadow'
import { differenceWords } from '#components/traffic/rollout-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCost } from '#components/ui/format-cost'
import { formatMs } from '#components/ui/format-duration'
import { QuietLink } from '#components/ui/quiet-link'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { ShadowPair } from '#lib/contracts/shadow'
import classes from './shadow.module.css'

const linkOf = (id: string) => `/requests?request=${encodeURIComponent(id)}`
const moneyOf = (pico: string | null) => (pico === null ? null : BigInt(pico))

const columns: readonly Column<ShadowPair>[] = [
  {
    id: 'at',
    label: 'When',
    width: 110,
    sortBy: ({ at }) => at,
    render: ({ at }) => <RelativeTime at={at} />,
  },
  {
    id: 'differences',
    label: 'Difference',
    width: 210,
    sortBy: ({ differences }) => differences.length,
    render: ({ differences, breaking }) => (
      <StateTag tone={breaking ? 'bad' : differences.length > 0 ? 'warn' : 'good'} look="plain">
        {differences.length === 0 ? 'none' : differences.map((name) => differenceWords[name]).join(', ')}
      </StateTag>
    ),
  },
  {
    id: 'distance',
    label: 'Distance',
    numeric: true,
    width: 90,
    sortBy: ({ distance }) => distance,
    render: ({ distance }) => (distance === null ? '–' : distance.toFixed(3)),
  },
  {
    id: 'judged',
    label: 'Judge',
    numeric: true,
    width: 100,
    sortBy: ({ judged }) => judged && judged.candidate - judged.baseline,
    render: ({ judged }) => (judged ? `${judged.baseline.toFixed(1)} → ${judged.candidate.toFixed(1)}` : '–'),
  },
  {
    id: 'took',
    label: 'Took',
    numeric: true,
    width: 140,
    sortBy: ({ candidateMs, baselineMs }) => candidateMs - baselineMs,
    render: ({ candidateMs, baselineMs }) => `${formatMs(baselineMs)} → ${formatMs(candidateMs)}`,
  },
  {
    id: 'cost',
    label: 'Cost',
    numeric: true,
    width: 170,
    sortBy: ({ candidatePicoUsd }) => moneyOf(candidatePicoUsd),
    render: ({ baselinePicoUsd, candidatePicoUsd }) =>
      `${formatCost(baselinePicoUsd)} → ${formatCost(candidatePicoUsd)}`,
  },
  {
    id: 'requests',
    label: 'Requests',
    width: 150,
    render: ({ requestId, id }) => (
      <span className={classes.links}>
        <QuietLink href={linkOf(requestId)} label={`The caller’s request ${requestId}`}>
          caller’s
        </QuietLink>
        <QuietLink href={linkOf(id)} label={`The mirror ${id}`}>
          mirror
        </QuietLink>
      </span>
    ),
  },
]

interface ShadowPairsProps {
  rolloutId: string
  /** Those with this one alone; null = all. */
  difference: PairDifference | null
}

/** The latest pairs, baseline → candidate; a row shows the beginnings of both answers where they are kept. */
export function ShadowPairs({ rolloutId, difference }: ShadowPairsProps) {
  const [trail, setTrail] = useState<readonly string[]>([])
  const [chosen, setChosen] = useState<string | null>(null)
  const { data, error, refetch } = useShadowPairs(rolloutId, { difference, cursor: trail.at(-1) ?? null })
  if (!data)
    return error ? (
      <ErrorNotice what="The pairs of this rollout" error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={160} role="status" aria-label="Loading the pairs of this rollout" />
    )
  const pair = data.rows.find(({ id }) => id === chosen)
  const hasTexts = data.rows.some(({ baselineText, candidateText }) => baselineText ?? candidateText)
  return (
    <div className={classes.pairs}>
      <DataTable
        label="Pairs, baseline → candidate"
        columns={columns}
        rows={data.rows}
        rowKey={({ id }) => id}
        selectedKey={chosen}
        {...(hasTexts ? { onRowClick: ({ id }: ShadowPair) => setChosen(id === chosen ? null : id) } : {})}
      />
      {pair ? <PairTexts pair={pair} /> : null}
      <div className={classes.foot}>
        <span>
          {difference === null
            ? 'Every pair'
            : `Pairs with ${difference === 'none' ? 'no difference' : `another ${differenceWords[difference]}`}`}
          {trail.length > 0 ? ', an older page: not live' : ', newest first'}
        </span>
        <Button
          size="compact-sm"
          variant="default"
          component="a"
          href={pairsCsvPath(rolloutId, difference)}
          download
        >
          CSV
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={trail.length === 0}
          onClick={() => setTrail(trail.slice(0, -1))}
        >
          Newer
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={data.nextCursor === null}
          onClick={() => setTrail(data.nextCursor === null ? trail : [...trail, data.nextCursor])}
        >
          Older
        </Button>
      </div>
    </div>
  )
}

function PairTexts({
  pair: { baselineText, candidateText, baselineDeployment, candidateDeployment },
}: {
  pair: ShadowPair
}) {
  return (
    <dl className={classes.texts}>
      <div>
        <dt>{baselineDeployment}</dt>
        <dd>{baselineText ?? 'no text is kept of this answer'}</dd>
      </div>
      <div>
        <dt>{candidateDeployment}</dt>
        <dd>{candidateText ?? 'no text is kept of this answer'}</dd>
      </div>
    </dl>
  )
}
