'use client'

import { Button } from '@mantine/core'
import { useState } from 'react'
import { ReturnSwitchModal } from '#components/traffic/return-switch-modal'
import { SplitBar } from '#components/traffic/split-bar'
import { SwitchNotice } from '#components/traffic/switch-notice'
import { ThrowSwitchModal } from '#components/traffic/throw-switch-modal'
import { formatCount, formatRate } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import type { SwitchView, TrafficCellView, TrafficView } from '#lib/contracts/traffic'
import type { SwitchScope } from '#lib/traffic/traffic-config'
import classes from './traffic.module.css'

/** Each tier and operation as one bar: who answered, over who is meant to. */
export function TrafficPicture({ view }: { view: TrafficView }) {
  const [asked, setAsked] = useState<SwitchScope | null>(null)
  const [returning, setReturning] = useState<SwitchView | null>(null)
  const [isWhole, setWhole] = useState(false)
  const operations = view.cells.filter(({ operation }) => operation !== null)
  const shown = isWhole ? view.cells : view.cells.filter(isFirst)
  const hidden = view.cells.length - shown.length
  return (
    <Panel
      title="Who serves what"
      hint="answered since the last change of each, over what is intended"
      actions={
        <GuardedButton needs="operator" variant="default" onClick={() => setAsked({ kind: 'all' })}>
          Roll back…
        </GuardedButton>
      }
    >
      {view.switches.map((one) => (
        <SwitchNotice key={one.id} thrown={one} onReturn={() => setReturning(one)} />
      ))}
      <Legend />
      <ul className={classes.cells}>
        {shown.map((cell) => (
          <CellRow key={`${cell.tier} ${cell.operation ?? ''}`} cell={cell} onRollBack={setAsked} />
        ))}
      </ul>
      {operations.length === 0 ? (
        <p className={classes.soft}>
          Nothing was asked in this time range. Operations appear under their tier with their first request.
        </p>
      ) : null}
      {hidden > 0 || isWhole ? (
        <Button variant="subtle" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show fewer operations' : `Show ${hidden} more operations`}
        </Button>
      ) : null}
      <ThrowSwitchModal scope={asked} view={view} onScope={setAsked} onClose={() => setAsked(null)} />
      <ReturnSwitchModal thrown={returning} onClose={() => setReturning(null)} />
    </Panel>
  )
}

const operationsPerTier = 4

/** A tier and its busiest operations; they come in that order. */
function isFirst(cell: TrafficCellView, index: number, cells: readonly TrafficCellView[]): boolean {
  const first = cells.findIndex(({ tier }) => tier === cell.tier)
  return index - first <= operationsPerTier
}

function Legend() {
  return (
    <p className={classes.legend}>
      <span data-kind="legacy">legacy</span>
      <span data-kind="azure">Azure</span>
      <span data-kind="canary">canary</span>
      <span data-kind="intended">intended, below each bar</span>
    </p>
  )
}

function CellRow({ cell, onRollBack }: { cell: TrafficCellView; onRollBack: (scope: SwitchScope) => void }) {
  const { tier, operation, requests, requestsPerSecond, legacyChain, switchId } = cell
  const name = operation ?? (tier === '' ? 'embeddings' : tier)
  const scope = scopeOf(cell)
  return (
    <li className={classes.cell} data-operation={operation === null ? undefined : true}>
      <span className={classes.cellName}>{name}</span>
      <SplitBar label={operation === null ? name : `${tier || 'embeddings'}, ${operation}`} cell={cell} />
      <span className={classes.rate} title={`${formatCount(requests)} requests`}>
        {formatRate(requestsPerSecond)} <span className={classes.soft}>requests/s</span>
      </span>
      <span className={classes.cellAction}>
        {scope && legacyChain.length > 0 && switchId === null ? (
          <GuardedButton
            needs="operator"
            size="compact-xs"
            variant="default"
            onClick={() => onRollBack(scope)}
            aria-label={`Roll back ${name}`}
          >
            Roll back…
          </GuardedButton>
        ) : (
          <span className={classes.soft}>{switchId === null ? 'no way back' : 'rolled back'}</span>
        )}
      </span>
    </li>
  )
}

function scopeOf({ tier, operation }: TrafficCellView): SwitchScope | null {
  if (operation !== null) return { kind: 'operation', tier: tier === '' ? null : tier, operation }
  return tier === '' ? null : { kind: 'tier', tier }
}
