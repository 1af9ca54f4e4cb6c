'use client'

import { Button, NumberInput, Select, SimpleGrid } from '@mantine/core'
import Link from 'next/link'
import { useState } from 'react'
import { type ModelDeed, useModelDeed } from '#components/data/use-models'
import { versionName } from '#components/models/model-words'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { ModelsView, VersionView } from '#lib/contracts/models'
import { stageMoves } from '#lib/models/version-stage'
import classes from './models.module.css'

type Asked =
  | { kind: 'deploy' }
  | { kind: 'place' }
  | { kind: 'stage'; stage: VersionView['stage'] }
  | { kind: 'remove'; deploymentId: string }

/** What can be done with a version, always in the same order. */
export function VersionActions({ view, version }: { view: ModelsView; version: VersionView }) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const isAzure = version.provider === 'azure-openai'
  const placeable = version.deployments.length > 0 && version.stage !== 'archived'
  return (
    <div className={classes.actions}>
      <GuardedButton needs="operator" disabled={!placeable} onClick={() => setAsked({ kind: 'place' })}>
        Put before a tier
      </GuardedButton>
      <TryInExperiment view={view} version={version} />
      <GuardedButton
        needs="admin"
        variant="default"
        disabled={!isAzure || version.stage === 'archived'}
        onClick={() => setAsked({ kind: 'deploy' })}
      >
        Deploy
      </GuardedButton>
      {stageMoves[version.stage].manual.map((stage) => (
        <GuardedButton
          key={stage}
          needs="operator"
          variant="default"
          onClick={() => setAsked({ kind: 'stage', stage })}
        >
          {stage === 'archived' ? 'Archive' : `Move to ${stage}`}
        </GuardedButton>
      ))}
      {version.deployments
        .filter(({ removable, tiers }) => removable && tiers.length === 0)
        .map(({ id }) => (
          <GuardedButton
            key={id}
            needs="admin"
            variant="default"
            color="red"
            onClick={() => setAsked({ kind: 'remove', deploymentId: id })}
          >
            Remove {id}
          </GuardedButton>
        ))}
      {asked ? (
        <VersionDeedModal view={view} version={version} asked={asked} onClose={() => setAsked(null)} />
      ) : null}
    </div>
  )
}

/** A tuned model is promoted by an experiment against what it was made from; the form of one is filled in. */
function TryInExperiment({ view, version }: { view: ModelsView; version: VersionView }) {
  const base = view.versions.find(({ id }) => id === version.baseVersionId)
  const [variant] = version.deployments
  const [control] = base?.deployments ?? []
  if (!base || !variant || !control || version.stage === 'archived') return null
  const [tier] = control.tiers
  const target = new URLSearchParams({
    create: 'experiment',
    name: `${versionName(version)} against ${versionName(base)}`.slice(0, 80),
    control: control.id,
    variant: variant.id,
    ...(tier ? { tier } : {}),
  })
  return (
    <Button component={Link} href={`/experiments?${target}`} variant="default">
      Try against {versionName(base)} in an experiment
    </Button>
  )
}

interface DeedModalProps {
  view: ModelsView
  version: VersionView
  asked: Asked
  onClose: () => void
}

const hours = [
  { value: '1', label: '1 hour' },
  { value: '6', label: '6 hours' },
  { value: '24', label: '1 day' },
  { value: '48', label: '2 days' },
]

function VersionDeedModal({ view, version, asked, onClose }: DeedModalProps) {
  const [tier, setTier] = useState(view.tiers[0]?.name ?? '')
  const [deploymentId, setDeploymentId] = useState(version.deployments[0]?.id ?? '')
  const [region, setRegion] = useState(view.regions[0] ?? '')
  const [units, setUnits] = useState(10)
  const [watchHours, setWatchHours] = useState('24')
  const deed = useModelDeed()
  const words = wordsOf(asked, { name: versionName(version), tier, region, head: headOf(view, tier) })
  const confirm = (reason: string) =>
    deed.mutate(orderOf(asked, { id: version.id, tier, deploymentId, region, units, watchHours, reason }), {
      onSuccess: () => {
        notifyDone(words.done)
        onClose()
      },
    })
  return (
    <ReasonModal
      opened
      title={words.title}
      effect={words.effect}
      verb={words.verb}
      danger={asked.kind === 'remove'}
      typedWord={asked.kind === 'remove' ? asked.deploymentId : undefined}
      busy={deed.isPending}
      error={deed.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      {asked.kind === 'place' ? (
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
          <Choice label="Tier" values={view.tiers.map(({ name }) => name)} value={tier} onChange={setTier} />
          <Choice
            label="Deployment"
            values={version.deployments.map(({ id }) => id)}
            value={deploymentId}
            onChange={setDeploymentId}
          />
          <Select
            label="Under guardrails for"
            data={hours}
            value={watchHours}
            onChange={(next) => setWatchHours(next ?? '24')}
            allowDeselect={false}
          />
        </SimpleGrid>
      ) : null}
      {asked.kind === 'deploy' ? (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <Choice label="Region" values={view.regions} value={region} onChange={setRegion} />
          {version.kind === 'prompt' ? null : (
            <NumberInput
              label="Capacity"
              description="Thousand tokens a minute."
              min={1}
              max={10_000}
              value={units}
              onChange={(next) => setUnits(Number(next) || 1)}
            />
          )}
        </SimpleGrid>
      ) : null}
    </ReasonModal>
  )
}

interface ChoiceProps {
  label: string
  values: readonly string[]
  value: string
  onChange: (value: string) => void
}

function Choice({ label, values, value, onChange }: ChoiceProps) {
  return (
    <Select
      label={label}
      data={[...values]}
      value={value}
      onChange={(next) => onChange(next ?? value)}
      allowDeselect={false}
    />
  )
}

function headOf(view: ModelsView, tier: string): string {
  return view.tiers.find(({ name }) => name === tier)?.head ?? 'nothing'
}

function wordsOf(
  asked: Asked,
  { name, tier, region, head }: Record<'name' | 'tier' | 'region' | 'head', string>,
) {
  switch (asked.kind) {
    case 'place':
      return {
        title: `Put ${name} before a tier`,
        effect: `From the next request on ${name} is asked first for ${tier}; ${head}, which is first today, follows as fallback and is its baseline. It rolls back by itself when it is proven worse.`,
        verb: 'Put before',
        done: `${name} is first for ${tier}`,
      }
    case 'deploy':
      return {
        title: `Deploy ${name}`,
        effect: `Makes a deployment in ${region}. It can be asked by its id, and gets no traffic until it is put before a tier.`,
        verb: 'Deploy',
        done: `${name} is being deployed`,
      }
    case 'remove':
      return {
        title: `Remove ${asked.deploymentId}`,
        effect: `Callers can no longer ask for ${asked.deploymentId}; the deployment is deleted at Azure.`,
        verb: 'Remove',
        done: `${asked.deploymentId} is being removed`,
      }
    default:
      return {
        title: asked.stage === 'archived' ? `Archive ${name}` : `Move ${name} to ${asked.stage}`,
        effect: `Its stage becomes ${asked.stage}. No traffic moves.`,
        verb: asked.stage === 'archived' ? 'Archive' : 'Move',
        done: `${name} is ${asked.stage}`,
      }
  }
}

interface Choices
  extends Record<'id' | 'tier' | 'deploymentId' | 'region' | 'watchHours' | 'reason', string> {
  units: number
}

function orderOf(asked: Asked, chosen: Choices): ModelDeed {
  const { id, tier, deploymentId, region, units, watchHours, reason } = chosen
  switch (asked.kind) {
    case 'place': {
      const watchMs = Number(watchHours) * 3_600_000
      return { kind: 'place', id, body: { tier, deploymentId, watchMs, reason } }
    }
    case 'deploy':
      return { kind: 'deploy', id, body: { region, sku: 'Standard', units, reason } }
    case 'remove':
      return { kind: 'remove', id: asked.deploymentId, reason }
    default:
      return { kind: 'stage', id, stage: asked.stage, reason }
  }
}
