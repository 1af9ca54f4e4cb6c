'use client'

import { Skeleton } from '@mantine/core'
import { useModels } from '#components/data/use-models'
import { JobDrawer } from '#components/models/job-drawer'
import { JobsPanel } from '#components/models/jobs-panel'
import { PlacementsPanel } from '#components/models/placements-panel'
import { TrainingPanel } from '#components/models/training-panel'
import { VersionDrawer } from '#components/models/version-drawer'
import { VersionsPanel } from '#components/models/versions-panel'
import { ErrorNotice } from '#components/ui/error-notice'
import { Page } from '#components/ui/page'

/** What do we run, and what retires when? */
export function ModelsPage() {
  const { data, error, refetch } = useModels()
  if (data)
    return (
      <Page>
        <VersionsPanel view={data} />
        <PlacementsPanel view={data} />
        <JobsPanel view={data} />
        <TrainingPanel />
        <VersionDrawer view={data} />
        <JobDrawer />
      </Page>
    )
  return (
    <Page>
      {error ? (
        <ErrorNotice what="The models" error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton height={420} role="status" aria-label="Loading the models" />
      )}
    </Page>
  )
}
