'use client'

import { Drawer, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { Sparkline } from '#components/charts/sparkline'
import { useJob, useTrainingDeed } from '#components/data/use-fine-tuning'
import { useUrlParams } from '#components/data/use-url-params'
import { EvaluationTable } from '#components/models/evaluation-table'
import { JobProgress } from '#components/models/job-progress'
import { CopyId } from '#components/ui/copy-id'
import { ErrorNotice } from '#components/ui/error-notice'
import { FactList } from '#components/ui/fact-list'
import { formatCost } from '#components/ui/format-cost'
import { formatCount } from '#components/ui/format-number'
import { formatExactTime } from '#components/ui/format-time'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import { RelativeTime } from '#components/ui/relative-time'
import type { JobDetail } from '#lib/contracts/training'
import classes from './models.module.css'

/** One job in full. Its address is the page's with `job`. */
export function JobDrawer() {
  const { get, set } = useUrlParams()
  const id = get('job')
  const { data, error, refetch } = useJob(id)
  return (
    <Drawer
      opened={id !== null}
      onClose={() => set({ job: null }, 'push')}
      position="right"
      size={680}
      title={data ? `Fine-tuning ${data.name}` : 'Fine-tuning job'}
      closeButtonProps={{ 'aria-label': 'Close job' }}
    >
      {data ? <JobReport key={data.id} job={data} /> : null}
      {!data && error ? <ErrorNotice what="The job" error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Skeleton height={300} role="status" aria-label="Loading the job" /> : null}
    </Drawer>
  )
}

function JobReport({ job }: { job: JobDetail }) {
  const { set } = useUrlParams()
  const losses = job.events.map(({ data }) => data?.train_loss ?? null).filter((loss) => loss !== null)
  return (
    <>
      <JobActions job={job} />
      <section className={classes.section} aria-label="Facts">
        <FactList
          facts={[
            ['State', <JobProgress key="state" job={job} />],
            ['Why', job.error],
            ['Base', `${job.baseModel} in ${job.region}`],
            ['Examples of', job.creatorId ?? `all creators of ${job.accountId}`],
            [
              'Examples',
              job.trainExamples === null
                ? null
                : `${formatCount(job.trainExamples)} to train on, ${formatCount(job.heldOutExamples)} to try it on`,
            ],
            ['Trained tokens', job.trainedTokens === null ? null : formatCount(job.trainedTokens)],
            ['Training cost', job.trainedTokens === null ? null : formatCost(job.costPicoUsd)],
            ['At the provider', job.providerStatus],
            [
              'Tuned model',
              job.tunedModel === null ? null : <CopyId key="m" value={job.tunedModel} label="model" />,
            ],
            ['Deployed as', job.deploymentId],
            ['Begun', formatExactTime(job.createdAt)],
            ['Ended', job.finishedAt === null ? null : formatExactTime(job.finishedAt)],
          ]}
        />
      </section>
      {job.versionId === null ? null : (
        <div className={classes.actions}>
          <button
            type="button"
            className={classes.nameButton}
            onClick={() => set({ job: null, version: job.versionId }, 'push')}
          >
            Open the version
          </button>
        </div>
      )}
      {job.evaluation ? <EvaluationTable evaluation={job.evaluation} baseModel={job.baseModel} /> : null}
      {losses.length > 1 ? (
        <section className={classes.section} aria-label="Training loss">
          <h3 className={classes.heading}>Training loss, now {losses[0]?.toFixed(3)}</h3>
          <Sparkline values={losses.toReversed()} height={56} color="var(--c-azure)" />
        </section>
      ) : null}
      <section className={classes.section} aria-label="Events">
        <h3 className={classes.heading}>Events</h3>
        {job.events.length === 0 ? <p className={classes.soft}>Nothing has happened yet.</p> : null}
        <ul className={classes.events}>
          {job.events.map(({ id, at, level, message }) => (
            <li key={id} data-level={level}>
              <span className={classes.soft}>
                <RelativeTime at={at} />
              </span>
              <span>{message}</span>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

const ended = ['ready', 'failed', 'cancelled']

function JobActions({ job }: { job: JobDetail }) {
  const [asked, setAsked] = useState<'cancel' | 'retire' | null>(null)
  const deed = useTrainingDeed()
  const isEnded = ended.includes(job.state)
  const isOver = isEnded || job.state === 'retired' || job.state === 'retiring'
  const isCancel = asked === 'cancel'
  return (
    <div className={classes.actions}>
      <GuardedButton needs="operator" variant="default" disabled={isOver} onClick={() => setAsked('cancel')}>
        Cancel
      </GuardedButton>
      <GuardedButton
        needs="operator"
        variant="default"
        color="red"
        disabled={!isEnded}
        onClick={() => setAsked('retire')}
      >
        Retire
      </GuardedButton>
      {asked ? (
        <ReasonModal
          opened
          danger
          title={isCancel ? `Cancel ${job.name}` : `Retire ${job.name}`}
          effect={
            isCancel
              ? 'The training ends at the provider, and its files there are deleted.'
              : 'The deployment is deleted, the version is archived, and nothing of it stays at the provider.'
          }
          verb={isCancel ? 'Cancel the job' : 'Retire'}
          typedWord={isCancel ? undefined : job.name}
          busy={deed.isPending}
          error={deed.error}
          onClose={() => setAsked(null)}
          onConfirm={(reason) =>
            deed.mutate(
              { kind: asked, id: job.id, reason },
              {
                onSuccess: () => {
                  notifyDone(isCancel ? `${job.name} is being cancelled` : `${job.name} is being retired`)
                  setAsked(null)
                },
              },
            )
          }
        />
      ) : null}
    </div>
  )
}
