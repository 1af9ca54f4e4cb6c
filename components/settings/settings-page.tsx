'use client'

import { Skeleton } from '@mantine/core'
import { useSettings } from '#components/data/use-settings'
import { useStatus } from '#components/data/use-status'
import { AnswerCachePanel } from '#components/settings/answer-cache-panel'
import { MigrationPanel } from '#components/settings/migration-panel'
import { PromptStoragePanel } from '#components/settings/prompt-storage-panel'
import { RedactionPanel } from '#components/settings/redaction-panel'
import { RetentionPanel } from '#components/settings/retention-panel'
import { SystemPanel } from '#components/settings/system-panel'
import { ErrorNotice } from '#components/ui/error-notice'
import { Page } from '#components/ui/page'
import { Panel } from '#components/ui/panel'
import classes from './settings.module.css'

/** What is kept, and how does the program run? */
export function SettingsPage() {
  const settings = useSettings()
  const status = useStatus()
  return (
    <Page>
      <div className={classes.columns}>
        <div className={classes.column}>
          {settings.data ? (
            <>
              <PromptStoragePanel settings={settings.data} />
              <RetentionPanel settings={settings.data} />
              <MigrationPanel settings={settings.data} />
            </>
          ) : (
            <Panel title="What is kept">
              <Waiting what="The settings" query={settings} height={220} />
            </Panel>
          )}
        </div>
        <div className={classes.column}>
          {status.data ? (
            <SystemPanel status={status.data} />
          ) : (
            <Panel title="System">
              <Waiting what="The status" query={status} height={260} />
            </Panel>
          )}
          <AnswerCachePanel />
          <RedactionPanel />
        </div>
      </div>
    </Page>
  )
}

interface WaitingProps {
  what: string
  query: { error: Error | null; refetch: () => unknown }
  height: number
}

function Waiting({ what, query, height }: WaitingProps) {
  return query.error ? (
    <ErrorNotice what={what} error={query.error} onRetry={() => void query.refetch()} />
  ) : (
    <Skeleton height={height} role="status" aria-label={`Loading: ${what}`} />
  )
}
