'use client'

import { ErrorNotice } from '#components/ui/error-notice'
import { Page } from '#components/ui/page'
import { Panel } from '#components/ui/panel'

/** A page that could not be drawn; the frame around it still works. `digest` is the server log's mark. */
export function PageFailure({ error, onRetry }: { error: Error & { digest?: string }; onRetry: () => void }) {
  const shown = error.digest
    ? new Error(`${error.message} The server's log has it as ${error.digest}.`)
    : error
  return (
    <Page>
      <Panel title="This page failed">
        <ErrorNotice what="The page" error={shown} onRetry={onRetry} />
      </Panel>
    </Page>
  )
}
