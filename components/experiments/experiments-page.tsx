'use client'

import { Skeleton } from '@mantine/core'
import { IconFlask2, IconPlus } from '@tabler/icons-react'
import { useExperiments } from '#components/data/use-experiments'
import { useUrlParams } from '#components/data/use-url-params'
import { CreateExperimentModal } from '#components/experiments/create-experiment-modal'
import { ExperimentList } from '#components/experiments/experiment-list'
import { ExperimentView } from '#components/experiments/experiment-view'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { Page } from '#components/ui/page'
import { Panel } from '#components/ui/panel'

const noWish = { create: null, name: null, control: null, variant: null, tier: null }

/** May I ship it? */
export function ExperimentsPage() {
  const { data, error, refetch } = useExperiments()
  const { get, set } = useUrlParams()
  const creating = get('create') === 'experiment'
  const close = () => set(noWish)
  const chosen = get('experiment') ?? data?.experiments[0]?.id ?? null
  if (!data) {
    return (
      <Page>
        {error ? (
          <ErrorNotice what="The experiments" error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton height={420} role="status" aria-label="Loading the experiments" />
        )}
      </Page>
    )
  }
  return (
    <Page>
      {chosen === null ? null : <ExperimentView id={chosen} />}
      <Panel
        title="Experiments"
        hint="running first"
        flush
        actions={
          <GuardedButton
            needs="operator"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => set({ create: 'experiment' }, 'push')}
          >
            New experiment
          </GuardedButton>
        }
      >
        {data.experiments.length > 0 ? (
          <ExperimentList
            experiments={data.experiments}
            chosen={chosen}
            onChoose={(experiment) => set({ experiment }, 'push')}
          />
        ) : (
          <EmptyNotice icon={<IconFlask2 size={18} />} title="No experiment yet">
            An experiment gives each creator or session one of several models, prompts or parameters, compares
            them honestly at any time, and stops what harms by itself.
          </EmptyNotice>
        )}
      </Panel>
      <CreateExperimentModal
        opened={creating}
        wish={{ name: get('name'), control: get('control'), variant: get('variant'), tier: get('tier') }}
        onClose={close}
        onCreated={(experiment) => set({ experiment, ...noWish }, 'push')}
      />
    </Page>
  )
}
