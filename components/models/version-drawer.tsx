'use client'

import { Drawer, Select } from '@mantine/core'
import { useState } from 'react'
import { useUrlParams } from '#components/data/use-url-params'
import { kindWords, priceWords, stageTones, versionName } from '#components/models/model-words'
import { VersionActions } from '#components/models/version-actions'
import { VersionComparison } from '#components/models/version-comparison'
import { VersionHistory } from '#components/models/version-history'
import { CopyId } from '#components/ui/copy-id'
import { FactList } from '#components/ui/fact-list'
import { formatExactTime } from '#components/ui/format-time'
import { StateTag } from '#components/ui/state-tag'
import type { ModelsView, VersionView } from '#lib/contracts/models'
import classes from './models.module.css'

/** One version in full. Its address is the page's with `version`. */
export function VersionDrawer({ view }: { view: ModelsView }) {
  const { get, set } = useUrlParams()
  const id = get('version')
  const version = view.versions.find((one) => one.id === id)
  return (
    <Drawer
      opened={id !== null}
      onClose={() => set({ version: null }, 'push')}
      position="right"
      size={720}
      title={version ? versionName(version) : 'Version'}
      closeButtonProps={{ 'aria-label': 'Close version' }}
    >
      {version ? (
        <VersionReport key={version.id} view={view} version={version} />
      ) : (
        <p>There is no such version.</p>
      )}
    </Drawer>
  )
}

function VersionReport({ view, version }: { view: ModelsView; version: VersionView }) {
  const [otherId, setOtherId] = useState(version.baseVersionId ?? '')
  const other = view.versions.find(({ id }) => id === otherId)
  const others = view.versions.filter(({ id, stage }) => id !== version.id && stage !== 'archived')
  return (
    <>
      <VersionActions view={view} version={version} />
      <section className={classes.section} aria-label="Facts">
        <FactList facts={factsOf(version)} />
        {version.prompt === null ? null : <pre className={classes.prompt}>{version.prompt}</pre>}
      </section>
      <section className={classes.section} aria-label="Lineage">
        <h3 className={classes.heading}>Lineage</h3>
        <Lineage view={view} version={version} />
      </section>
      <section className={classes.section} aria-label="Last 14 days">
        <h3 className={classes.heading}>Last 14 days</h3>
        <VersionHistory id={version.id} />
      </section>
      <section className={classes.section} aria-label="Comparison">
        <h3 className={classes.heading}>Comparison</h3>
        <Select
          label="Compare with"
          placeholder="Choose a version"
          data={others.map((one) => ({ value: one.id, label: `${versionName(one)} (${one.provider})` }))}
          value={otherId === '' ? null : otherId}
          onChange={(next) => setOtherId(next ?? '')}
          searchable
          mb="sm"
        />
        {other ? <VersionComparison versions={[other, version]} /> : null}
      </section>
    </>
  )
}

function factsOf(version: VersionView) {
  const { stage, note, temperature, topP, workspace, consentWithdrawnAt, lifecycle } = version
  return [
    [
      'Stage',
      <StateTag key="stage" tone={stageTones[stage]}>
        {stage}
      </StateTag>,
    ],
    ['Kind', kindWords[version.kind]],
    ['Model', <CopyId key="model" value={version.model} label="model" />],
    ['Id', <CopyId key="id" value={version.id} label="version id" />],
    ['Created', formatExactTime(version.createdAt)],
    ['Stage since', formatExactTime(version.stageChangedAt)],
    ['Deployed as', version.deployments.map(({ id }) => id).join(', ') || 'nothing'],
    ['Priced', priceWords(version.price)],
    ['Temperature', temperature === null ? null : String(temperature)],
    ['Top p', topP === null ? null : String(topP)],
    ['Replacement', lifecycle?.replacement ?? null],
    ['Note', note === '' ? null : note],
    [
      'Consent',
      consentWithdrawnAt === null ? null : (
        <StateTag key="consent" tone="warn">
          withdrawn by somebody it learned from; retire it or train it anew
        </StateTag>
      ),
    ],
    ['Azure ML', workspace === null ? null : workspaceWords(workspace)],
  ] as const
}

function workspaceWords({ syncedAt, error }: NonNullable<VersionView['workspace']>): string {
  if (error !== null) return `not registered: ${error}`
  return syncedAt === null ? 'waits to be registered' : `registered, ${formatExactTime(syncedAt)}`
}

function Lineage({ view, version }: { view: ModelsView; version: VersionView }) {
  const { set } = useUrlParams()
  const chain: VersionView[] = []
  for (let one: VersionView | undefined = version; one && !chain.includes(one); ) {
    const from: string | null = one.baseVersionId
    chain.unshift(one)
    one = from === null ? undefined : view.versions.find(({ id }) => id === from)
  }
  return (
    <ol className={classes.lineage}>
      {chain.map((one) => (
        <li key={one.id}>
          {one.id === version.id ? (
            <strong>{versionName(one)}</strong>
          ) : (
            <button
              type="button"
              className={classes.nameButton}
              onClick={() => set({ version: one.id }, 'push')}
            >
              {versionName(one)}
            </button>
          )}{' '}
          <span className={classes.soft}>{kindWords[one.kind]}</span>
          {one.jobId === null ? null : (
            <>
              {', trained by '}
              <button
                type="button"
                className={classes.nameButton}
                onClick={() => set({ version: null, job: one.jobId }, 'push')}
              >
                its job
              </button>
            </>
          )}
        </li>
      ))}
    </ol>
  )
}
