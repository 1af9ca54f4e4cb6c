'use client'

import { Skeleton } from '@mantine/core'
import { IconPlus, IconSchool } from '@tabler/icons-react'
import { useState } from 'react'
import { useJobs } from '#components/data/use-fine-tuning'
import { useUrlParams } from '#components/data/use-url-params'
import { CreateJobModal } from '#components/models/create-job-modal'
import { JobProgress } from '#components/models/job-progress'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCost } from '#components/ui/format-cost'
import { formatCount } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import type { ModelsView } from '#lib/contracts/models'
import type { JobView } from '#lib/contracts/training'
import classes from './models.module.css'

/** Fine-tuning jobs with their progress. */
export function JobsPanel({ view }: { view: ModelsView }) {
  const { data, error, refetch } = useJobs()
  const { set, get } = useUrlParams()
  const [adding, setAdding] = useState(false)
  return (
    <Panel
      title="Fine-tuning"
      hint={view.simulated ? 'trained by the simulator' : undefined}
      flush
      actions={
        <GuardedButton
          needs="operator"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          Fine-tune a model
        </GuardedButton>
      }
    >
      {data && data.jobs.length > 0 ? (
        <DataTable
          label="Fine-tuning jobs"
          columns={columns((id) => set({ job: id }, 'push'))}
          rows={data.jobs}
          rowKey={({ id }) => id}
          selectedKey={get('job')}
        />
      ) : null}
      {data && data.jobs.length === 0 ? (
        <EmptyNotice icon={<IconSchool size={18} />} title="No model was tuned yet">
          A job learns from the examples of creators who consented, deploys the result and compares it with
          its base.
        </EmptyNotice>
      ) : null}
      {!data && error ? (
        <ErrorNotice what="The fine-tuning jobs" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Skeleton height={120} role="status" aria-label="Loading the jobs" /> : null}
      <CreateJobModal view={view} opened={adding} onClose={() => setAdding(false)} />
    </Panel>
  )
}

function columns(open: (id: string) => void): readonly Column<JobView>[] {
  return [
    {
      id: 'name',
      label: 'Job',
      sortBy: ({ name }) => name,
      render: (job) => (
        <span className={classes.name}>
          <button type="button" className={classes.nameButton} onClick={() => open(job.id)}>
            {job.name}
          </button>
          <span className={classes.soft}>
            {job.baseModel} in {job.region}
          </span>
        </span>
      ),
    },
    {
      id: 'state',
      label: 'State',
      sortBy: ({ state }) => state,
      render: (job) => <JobProgress job={job} />,
    },
    {
      id: 'examples',
      label: 'Examples',
      numeric: true,
      sortBy: ({ trainExamples }) => trainExamples,
      render: ({ trainExamples, heldOutExamples }) =>
        trainExamples === null ? '–' : `${formatCount(trainExamples)} + ${formatCount(heldOutExamples)}`,
    },
    {
      id: 'cost',
      label: 'Training cost',
      numeric: true,
      render: ({ costPicoUsd, trainedTokens }) => (trainedTokens === null ? '–' : formatCost(costPicoUsd)),
    },
    {
      id: 'result',
      label: 'Result',
      render: (job) => job.error ?? job.evaluation?.text ?? <span className={classes.soft}>–</span>,
    },
    {
      id: 'at',
      label: 'Begun',
      sortBy: ({ createdAt }) => createdAt,
      render: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
  ]
}
