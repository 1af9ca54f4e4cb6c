'use client'

import { IconArrowBackUp, IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useModelDeed } from '#components/data/use-models'
import { placementTones, placementWords, versionName } from '#components/models/model-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { ModelsView, PlacementView } from '#lib/contracts/models'
import classes from './models.module.css'

/** Which versions took tiers over, how they stand against what was before, and the way back. */
export function PlacementsPanel({ view }: { view: ModelsView }) {
  const [rolling, setRolling] = useState<PlacementView | null>(null)
  return (
    <Panel
      title="In front of tiers"
      hint="a new version stays under guardrails and rolls back by itself"
      flush
    >
      {view.placements.length > 0 ? (
        <DataTable
          label="Versions in front of tiers"
          columns={columns(view, setRolling)}
          rows={view.placements}
          rowKey={({ id }) => id}
          rowTone={({ state, byItself }) => (state === 'rolled_back' && byItself ? 'bad' : null)}
        />
      ) : (
        <EmptyNotice icon={<IconShieldCheck size={18} />} title="The catalog’s own chains serve every tier">
          Open a version that is deployed and put it before a tier; what serves today becomes its baseline.
        </EmptyNotice>
      )}
      {rolling ? <RollBackModal placement={rolling} view={view} onClose={() => setRolling(null)} /> : null}
    </Panel>
  )
}

function nameOf(view: ModelsView, versionId: string): string {
  const version = view.versions.find(({ id }) => id === versionId)
  return version ? versionName(version) : versionId
}

function columns(
  view: ModelsView,
  onRollBack: (placement: PlacementView) => void,
): readonly Column<PlacementView>[] {
  return [
    { id: 'tier', label: 'Tier', sortBy: ({ tier }) => tier, render: ({ tier }) => <strong>{tier}</strong> },
    {
      id: 'version',
      label: 'Version',
      render: ({ versionId, deploymentId }) => (
        <span className={classes.name}>
          <span>{nameOf(view, versionId)}</span>
          <span className={classes.soft}>{deploymentId}</span>
        </span>
      ),
    },
    {
      id: 'state',
      label: 'State',
      sortBy: ({ state }) => state,
      render: ({ state, byItself }) => (
        <StateTag tone={placementTones[state]}>
          {placementWords[state]}
          {byItself ? ' by itself' : ''}
        </StateTag>
      ),
    },
    {
      id: 'evidence',
      label: 'Against its baseline',
      render: (placement) => <Evidence placement={placement} />,
    },
    {
      id: 'since',
      label: 'Since',
      sortBy: ({ startedAt }) => startedAt,
      render: ({ startedAt, state, watchUntil }) => (
        <span className={classes.name}>
          <RelativeTime at={startedAt} />
          {state === 'watching' ? (
            <span className={classes.soft}>
              guarded until <RelativeTime at={watchUntil} />
            </span>
          ) : null}
        </span>
      ),
    },
    { id: 'reason', label: 'Reason', render: ({ reason }) => reason },
    {
      id: 'back',
      label: '',
      render: (placement) =>
        placement.state === 'watching' || placement.state === 'stable' ? (
          <GuardedButton
            needs="operator"
            variant="light"
            color="red"
            size="compact-xs"
            leftSection={<IconArrowBackUp size={13} aria-hidden />}
            aria-label={`Roll back ${placement.tier}`}
            onClick={() => onRollBack(placement)}
          >
            Roll back
          </GuardedButton>
        ) : null,
    },
  ]
}

const readingTones = { unknown: 'neutral', good: 'good', broken: 'bad' } as const

function Evidence({ placement }: { placement: PlacementView }) {
  if (placement.readings.length === 0) return <span className={classes.soft}>nothing measured yet</span>
  return (
    <ul className={classes.readings}>
      {placement.readings.map(({ metric, status, text }) => (
        <li key={metric}>
          <StateTag tone={readingTones[status]} look="plain">
            {status === 'unknown' ? `${text} (too few yet)` : text}
          </StateTag>
        </li>
      ))}
    </ul>
  )
}

interface RollBackProps {
  placement: PlacementView
  view: ModelsView
  onClose: () => void
}

function RollBackModal({ placement, view, onClose }: RollBackProps) {
  const deed = useModelDeed()
  const { tier } = placement
  return (
    <ReasonModal
      opened
      danger
      title={`Roll back ${tier}`}
      effect={`${nameOf(view, placement.versionId)} leaves ${tier} with the next request. The last stable version takes its place, or the catalog's own chain when there is none.`}
      verb="Roll back"
      typedWord={tier}
      busy={deed.isPending}
      error={deed.error}
      onClose={onClose}
      onConfirm={(reason) =>
        deed.mutate(
          { kind: 'roll_back', tier, reason },
          {
            onSuccess: () => {
              notifyDone(`${tier} is rolled back`)
              onClose()
            },
          },
        )
      }
    />
  )
}
