'use client'

import { AuditEntries } from '#components/audit/audit-entries'
import { ChainPanel } from '#components/audit/chain-panel'
import { CheckpointsPanel } from '#components/audit/checkpoints-panel'
import { EntryDrawer } from '#components/audit/entry-drawer'
import { HoldsPanel } from '#components/audit/holds-panel'
import { VerificationsPanel } from '#components/audit/verifications-panel'
import { useAuditState } from '#components/data/use-audit'
import { useUrlParams } from '#components/data/use-url-params'
import { Page } from '#components/ui/page'
import classes from './audit.module.css'

/** Who did what, and can I trust this list? */
export function AuditPage() {
  const { get, set } = useUrlParams()
  const state = useAuditState()
  const open = (position: number | null) =>
    set({ entry: position === null ? null : String(position) }, 'push')
  return (
    <Page>
      <ChainPanel query={state} onOpen={open} />
      <AuditEntries onOpen={open} />
      {state.data ? (
        <div className={classes.columns}>
          <VerificationsPanel verifications={state.data.verifications} />
          <CheckpointsPanel state={state.data} />
          <HoldsPanel holds={state.data.holds} />
        </div>
      ) : null}
      <EntryDrawer position={get('entry')} onClose={() => open(null)} />
    </Page>
  )
}
