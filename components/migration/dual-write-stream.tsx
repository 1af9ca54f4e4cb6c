'use client'

import { Group } from '@mantine/core'
import { useState } from 'react'
import { type AskedOrder, DualWriteModal } from '#components/migration/dual-write-modal'
import { accountWords, copyWords, mismatchWords, streamWords } from '#components/migration/migration-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { formatSpan } from '#components/ui/format-duration'
import { formatCount } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { DualStreamView, DualSwitchView } from '#lib/contracts/migration'
import classes from './migration.module.css'

type Ask = (order: AskedOrder) => void

/** One stream: how both stores stand, whose changes reach both, and what was found to differ. */
export function DualWriteStream({ stream }: { stream: DualStreamView }) {
  const [asked, setAsked] = useState<AskedOrder | null>(null)
  const { word, tone } = streamWords[stream.state]
  const { switches, mismatches, comparisons } = stream
  return (
    <section className={classes.stream} aria-label={`Dual-write of ${stream.stream}`}>
      <div className={classes.head}>
        <h3>{stream.stream}</h3>
        <StateTag tone={tone}>{word}</StateTag>
        <span className={classes.soft}>
          {stream.names.primary} → {stream.names.secondary}
        </span>
        <GuardedButton
          needs="operator"
          size="xs"
          onClick={() => setAsked({ kind: 'turn on', accountId: null })}
        >
          Turn on…
        </GuardedButton>
      </div>
      <p className={classes.sentence}>{stream.text}.</p>
      <Changes stream={stream} />
      {switches.length === 0 ? null : (
        <div className={classes.table}>
          <DataTable
            label={`Switches of ${stream.stream}`}
            columns={switchColumns(setAsked)}
            rows={switches}
            rowKey={({ accountId }) => accountId}
          />
        </div>
      )}
      {mismatches.length === 0 ? null : (
        <div className={classes.part}>
          <h4>Differences</h4>
          <div className={classes.table}>
            <DataTable
              label={`Differences of ${stream.stream}`}
              columns={mismatchColumns}
              rows={mismatches}
              rowKey={(row) => row.class}
              rowTone={({ open }) => (open > 0 ? 'bad' : null)}
            />
          </div>
        </div>
      )}
      {comparisons.length === 0 ? null : (
        <details className={classes.more}>
          <summary>Last comparisons, by account ({comparisons.length})</summary>
          <div className={classes.table}>
            <DataTable
              label={`Comparisons of ${stream.stream}`}
              columns={comparisonColumns}
              rows={comparisons}
              rowKey={({ accountId, startedAt }) => `${accountId} ${startedAt}`}
            />
          </div>
        </details>
      )}
      {asked ? <DualWriteModal stream={stream} order={asked} onClose={() => setAsked(null)} /> : null}
    </section>
  )
}

function Changes({ stream: { changes, mismatches } }: { stream: DualStreamView }) {
  const { waiting, lagSeconds, failing, lastError } = changes
  const open = mismatches.reduce((sum, row) => sum + row.open, 0)
  return (
    <dl className={classes.facts}>
      <div>
        <dt>Changes that wait</dt>
        <dd>{formatCount(waiting)}</dd>
      </div>
      <div>
        <dt>Lag</dt>
        <dd>{lagSeconds === null ? 'none' : formatSpan(lagSeconds * 1000)}</dd>
      </div>
      <div>
        <dt>Failing deliveries</dt>
        <dd>
          {formatCount(failing)}
          {lastError === null ? null : ` (${lastError})`}
        </dd>
      </div>
      <div>
        <dt>Open differences</dt>
        <dd>{formatCount(open)}</dd>
      </div>
    </dl>
  )
}

function switchColumns(ask: Ask): readonly Column<DualSwitchView>[] {
  return [
    {
      id: 'account',
      label: 'Account',
      render: ({ accountId }) => <strong>{accountWords(accountId)}</strong>,
    },
    {
      id: 'on',
      label: 'Dual-write',
      render: ({ enabled }) => (
        <StateTag tone={enabled ? 'good' : 'neutral'} look="plain">
          {enabled ? 'on' : 'off'}
        </StateTag>
      ),
    },
    { id: 'copy', label: 'Copy', render: (row) => <Copy row={row} /> },
    {
      id: 'records',
      label: 'Records copied',
      numeric: true,
      render: ({ copy }) => formatCount(copy.records),
    },
    { id: 'compared', label: 'Compared', render: (row) => <Compared row={row} /> },
    { id: 'actions', label: '', render: (row) => <SwitchActions row={row} ask={ask} /> },
  ]
}

function Copy({ row: { copy, enabled } }: { row: DualSwitchView }) {
  if (!enabled) return <>–</>
  const { word, tone } = copyWords[copy.state]
  return (
    <StateTag tone={tone} look="plain">
      {copy.state === 'running' && copy.account ? `${word}, at ${copy.account}` : word}
    </StateTag>
  )
}

function Compared({ row: { comparison, enabled } }: { row: DualSwitchView }) {
  const { running, lastAt, dueAt } = comparison
  if (!enabled) return <>–</>
  if (running) return <>running</>
  if (lastAt === null) return <>{dueAt === null ? 'when the copy has ended' : 'never'}</>
  return (
    <>
      <RelativeTime at={lastAt} />
      {dueAt === null ? null : (
        <span className={classes.soft}>
          , next <RelativeTime at={dueAt} />
        </span>
      )}
    </>
  )
}

function SwitchActions({ row, ask }: { row: DualSwitchView; ask: Ask }) {
  const { accountId, enabled, copy } = row
  const of = accountWords(accountId)
  const button = (kind: AskedOrder['kind'], label: string) => (
    <GuardedButton
      needs="operator"
      size="compact-xs"
      variant="default"
      aria-label={`${label}: ${of}`}
      onClick={() => ask({ kind, accountId })}
    >
      {label}
    </GuardedButton>
  )
  if (!enabled) return <Group gap={6}>{button('turn on', 'Turn on')}</Group>
  return (
    <Group gap={6} wrap="nowrap">
      {copy.state === 'ended' ? button('compare', 'Compare') : null}
      {copy.state === 'ended' ? button('repair', 'Repair') : null}
      {copy.state === 'running' ? button('pause copy', 'Pause copy') : null}
      {copy.state === 'waiting' ? button('start copy', 'Start copy') : null}
      {copy.state === 'paused' ? button('start copy', 'Go on') : null}
      {button('turn off', 'Turn off')}
    </Group>
  )
}

const mismatchColumns: readonly Column<DualStreamView['mismatches'][number]>[] = [
  { id: 'class', label: 'Class', render: (row) => <strong>{row.class}</strong> },
  { id: 'means', label: 'Means', render: (row) => mismatchWords[row.class] },
  { id: 'open', label: 'Open', numeric: true, render: ({ open }) => formatCount(open) },
  { id: 'repaired', label: 'Repaired', numeric: true, render: ({ repaired }) => formatCount(repaired) },
]

const comparisonColumns: readonly Column<DualStreamView['comparisons'][number]>[] = [
  { id: 'account', label: 'Account', render: ({ accountId }) => accountId },
  { id: 'at', label: 'When', render: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  {
    id: 'compared',
    label: 'Hashes and records compared',
    numeric: true,
    render: ({ compared }) => formatCount(compared),
  },
  { id: 'found', label: 'Found', numeric: true, render: ({ mismatches }) => formatCount(mismatches) },
  { id: 'repaired', label: 'Repaired', numeric: true, render: ({ repaired }) => formatCount(repaired) },
]
