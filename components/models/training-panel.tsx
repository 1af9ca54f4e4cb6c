'use client'

import { Skeleton } from '@mantine/core'
import { IconFileUpload, IconHeartHandshake, IconUserCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { type ConsentOrder, useTraining } from '#components/data/use-fine-tuning'
import { ConsentModal } from '#components/models/consent-modal'
import { UploadModal } from '#components/models/upload-modal'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCount } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { TrainingView } from '#lib/contracts/training'
import classes from './models.module.css'

type Consent = TrainingView['consents'][number]

/** Who lets their words be trained on. Nobody who is not here does. */
export function TrainingPanel() {
  const { data, error, refetch } = useTraining()
  const [asked, setAsked] = useState<Partial<ConsentOrder> | null>(null)
  const [uploading, setUploading] = useState(false)
  return (
    <Panel
      title="Consent to training"
      hint={data ? totalsOf(data) : undefined}
      flush
      actions={
        <>
          <GuardedButton
            needs="operator"
            variant="default"
            leftSection={<IconFileUpload size={14} aria-hidden />}
            onClick={() => setUploading(true)}
          >
            Upload examples
          </GuardedButton>
          <GuardedButton
            needs="operator"
            leftSection={<IconUserCheck size={14} aria-hidden />}
            onClick={() => setAsked({})}
          >
            Record a consent
          </GuardedButton>
        </>
      }
    >
      {data && data.consents.length > 0 ? (
        <DataTable
          label="Consents"
          columns={columns(setAsked)}
          rows={data.consents}
          rowKey={({ accountId, creatorId, fanId }) => JSON.stringify([accountId, creatorId, fanId])}
        />
      ) : null}
      {data && data.consents.length === 0 ? (
        <EmptyNotice
          icon={<IconHeartHandshake size={18} />}
          title="Nobody has consented yet, so nothing is trained on"
          commands={['POST /api/v1/training/consents  {"creatorId": "…", "granted": true, "evidence": "…"}']}
        >
          The creator app tells what its creators and fans say, or an operator records it here.
        </EmptyNotice>
      ) : null}
      {!data && error ? (
        <ErrorNotice what="The consents" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Skeleton height={120} role="status" aria-label="Loading the consents" /> : null}
      {asked ? <ConsentModal given={asked} onClose={() => setAsked(null)} /> : null}
      <UploadModal opened={uploading} onClose={() => setUploading(false)} />
    </Panel>
  )
}

function totalsOf({ totals, more }: TrainingView): string {
  const { creators, fans, examples } = totals
  const rest = more > 0 ? `, ${formatCount(more)} more not shown` : ''
  return `${formatCount(creators)} creators and ${formatCount(fans)} fans consent, ${formatCount(examples)} examples${rest}`
}

function columns(onChange: (given: Partial<ConsentOrder>) => void): readonly Column<Consent>[] {
  return [
    {
      id: 'who',
      label: 'Who',
      sortBy: ({ creatorId, fanId }) => `${creatorId} ${fanId ?? ''}`,
      render: ({ creatorId, fanId, accountId }) => (
        <span className={classes.name}>
          <span className={classes.mono}>{fanId === null ? creatorId : `${fanId} towards ${creatorId}`}</span>
          <span className={classes.soft}>
            {fanId === null ? 'creator' : 'fan'} of {accountId}
          </span>
        </span>
      ),
    },
    {
      id: 'granted',
      label: 'Consent',
      sortBy: ({ granted }) => (granted ? 1 : 0),
      render: ({ granted }) => (
        <StateTag tone={granted ? 'good' : 'neutral'}>{granted ? 'granted' : 'withdrawn'}</StateTag>
      ),
    },
    {
      id: 'examples',
      label: 'Examples',
      numeric: true,
      sortBy: ({ examples }) => examples,
      render: ({ examples }) => formatCount(examples),
    },
    { id: 'evidence', label: 'Said in', render: ({ evidence }) => evidence },
    {
      id: 'at',
      label: 'Since',
      sortBy: ({ changedAt }) => changedAt,
      render: ({ changedAt }) => <RelativeTime at={changedAt} />,
    },
    {
      id: 'change',
      label: '',
      render: ({ accountId, creatorId, fanId, granted }) => (
        <GuardedButton
          needs="operator"
          variant="subtle"
          size="compact-xs"
          aria-label={`${granted ? 'Withdraw' : 'Grant'} the consent of ${fanId ?? creatorId}`}
          onClick={() => onChange({ accountId, creatorId, fanId, granted: !granted })}
        >
          {granted ? 'Withdraw' : 'Grant'}
        </GuardedButton>
      ),
    },
  ]
}
