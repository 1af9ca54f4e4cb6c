'use client'

import { SegmentedControl } from '@mantine/core'
import { IconPlus, IconStack2 } from '@tabler/icons-react'
import { useState } from 'react'
import { useNow } from '#components/data/use-now'
import { useUrlParams } from '#components/data/use-url-params'
import {
  costPerThousand,
  kindWords,
  qualityText,
  stageTones,
  versionName,
} from '#components/models/model-words'
import { RegisterModal } from '#components/models/register-modal'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { formatMs } from '#components/ui/format-duration'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { StateTag } from '#components/ui/state-tag'
import type { ModelsView, VersionView } from '#lib/contracts/models'
import classes from './models.module.css'

const shownKinds = [
  { value: 'used', label: 'In use' },
  { value: 'all', label: 'All' },
]

/** Versions side by side: stage, where used, cost and quality, retirement. */
export function VersionsPanel({ view }: { view: ModelsView }) {
  const { get, set } = useUrlParams()
  const [adding, setAdding] = useState(false)
  const nowMs = useNow()
  const shown = get('versions') === 'all' ? 'all' : 'used'
  const rows = view.versions.filter(
    (version) => shown === 'all' || (version.stage !== 'archived' && isOfUse(version)),
  )
  const open = (id: string) => set({ version: id }, 'push')
  return (
    <Panel
      title="Versions"
      hint="figures of the last 24 hours"
      flush
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Which versions"
            data={shownKinds}
            value={shown}
            onChange={(value) => set({ versions: value === 'all' ? 'all' : null })}
          />
          <GuardedButton
            needs="operator"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            Register a version
          </GuardedButton>
        </>
      }
    >
      {rows.length > 0 ? (
        <DataTable
          label="Versions"
          columns={columns(open, nowMs)}
          rows={rows}
          rowKey={({ id }) => id}
          selectedKey={get('version')}
        />
      ) : (
        <EmptyNotice icon={<IconStack2 size={18} />} title="No version is in use">
          Choose All to see what is registered, or register a version.
        </EmptyNotice>
      )}
      <RegisterModal view={view} opened={adding} onClose={() => setAdding(false)} />
    </Panel>
  )
}

function isOfUse({ deployments, kind, stage }: VersionView): boolean {
  return deployments.length > 0 || kind !== 'base' || stage === 'staging'
}

function columns(open: (id: string) => void, nowMs: number): readonly Column<VersionView>[] {
  return [
    {
      id: 'name',
      label: 'Version',
      sortBy: versionName,
      render: (version) => (
        <span className={classes.name}>
          <button type="button" className={classes.nameButton} onClick={() => open(version.id)}>
            {versionName(version)}
          </button>
          <span className={classes.soft}>
            {version.provider}, {kindWords[version.kind]}
          </span>
        </span>
      ),
    },
    {
      id: 'stage',
      label: 'Stage',
      sortBy: ({ stage }) => stage,
      render: ({ stage }) => <StateTag tone={stageTones[stage]}>{stage}</StateTag>,
    },
    { id: 'used', label: 'Where used', render: (version) => <Places version={version} /> },
    count('requests', 'Requests', ({ figures }) => figures.requests, formatCount),
    count('errors', 'Errors', ({ figures }) => figures.errorRatio, formatRatio),
    count('latency', 'Latency p95', ({ figures }) => figures.latencyP95Ms, formatMs),
    {
      id: 'cost',
      label: 'USD per 1,000',
      numeric: true,
      sortBy: ({ figures }) =>
        figures.costPerRequestPicoUsd === null ? null : BigInt(figures.costPerRequestPicoUsd),
      render: ({ figures }) => costPerThousand(figures.costPerRequestPicoUsd),
    },
    count(
      'quality',
      'Quality',
      ({ quality }) => quality,
      (value) => qualityText(value ?? null),
    ),
    {
      id: 'retires',
      label: 'Retires',
      sortBy: ({ lifecycle }) => lifecycle?.retiresOn ?? null,
      render: ({ lifecycle }) => <Retirement lifecycle={lifecycle} nowMs={nowMs} />,
    },
  ]
}

function count(
  id: string,
  label: string,
  value: (version: VersionView) => number | null,
  format: (value: number | null | undefined) => string,
): Column<VersionView> {
  return { id, label, numeric: true, sortBy: value, render: (version) => format(value(version)) }
}

function Places({ version }: { version: VersionView }) {
  const tiers = [...new Set(version.deployments.flatMap((one) => one.tiers))]
  if (version.deployments.length === 0) return <span className={classes.soft}>not deployed</span>
  if (tiers.length === 0)
    return <span className={classes.soft}>{version.deployments.map(({ id }) => id).join(', ')}</span>
  return (
    <span className={classes.places}>
      {tiers.map((tier) => (
        <span key={tier} className={classes.place} data-head={version.places.includes(tier) || undefined}>
          {tier}
          {version.places.includes(tier) ? ' first' : ''}
        </span>
      ))}
    </span>
  )
}

const dayMs = 86_400_000

function Retirement({ lifecycle, nowMs }: { lifecycle: VersionView['lifecycle']; nowMs: number }) {
  if (lifecycle === null) return <span className={classes.soft}>–</span>
  const { retiresOn, stage } = lifecycle
  if (stage === 'retired') return <span className={classes.warn}>retired</span>
  if (retiresOn === null) return <span className={classes.soft}>no date</span>
  const days = Math.ceil((Date.parse(retiresOn) - nowMs) / dayMs)
  return <span className={days < 90 ? classes.warn : undefined}>in {formatCount(days)} days</span>
}
