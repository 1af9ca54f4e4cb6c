'use client'

import { Skeleton } from '@mantine/core'
import { IconFileInvoice, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { importColumns } from '#components/costs/import-columns'
import { ImportModal } from '#components/costs/import-modal'
import { VarianceReport } from '#components/costs/variance-report'
import { useReconciliations, useRemoveExport } from '#components/data/use-reconciliations'
import { useUrlParams } from '#components/data/use-url-params'
import { DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import { StaleStrip } from '#components/ui/stale-strip'
import type { ReconciliationView } from '#lib/contracts/reconciliations'

/** Azure's invoice held against the ledger: what was imported, and how far the two are apart. */
export function ReconciliationPanel() {
  const { data, error, dataUpdatedAt, refetch } = useReconciliations()
  const { get, set } = useUrlParams()
  const [importing, setImporting] = useState(false)
  const [removing, setRemoving] = useState<ReconciliationView | null>(null)
  const list = data?.reconciliations ?? []
  const chosen = list.find(({ id }) => id === get('import')) ?? list.find(({ state }) => state === 'ready')
  const importButton = (
    <GuardedButton needs="operator" leftSection={<IconUpload size={14} />} onClick={() => setImporting(true)}>
      Import an export
    </GuardedButton>
  )
  return (
    <Panel title="Reconciliation" hint="Azure's invoice against the ledger" flush actions={importButton}>
      {!data && error ? (
        <ErrorNotice what="The imports" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Skeleton height={120} role="status" aria-label="Loading the imports" /> : null}
      {data && error ? (
        <StaleStrip error={error} readAtMs={dataUpdatedAt} onRetry={() => void refetch()} />
      ) : null}
      {data && list.length === 0 ? (
        <EmptyNotice
          icon={<IconFileInvoice size={18} />}
          title="No invoice was imported yet"
          commands={['npm run reconcile -- FILE.csv --reason "October"']}
        >
          Export the cost and usage details of a month from Azure Cost Management and import the file here, or
          with the command: each day and meter is then held against the ledger, with the likely cause of every
          difference.
        </EmptyNotice>
      ) : null}
      {list.length > 0 ? (
        <DataTable
          label="Imports"
          columns={importColumns({ onShow: (id) => set({ import: id }), onRemove: setRemoving })}
          rows={list}
          rowKey={({ id }) => id}
          selectedKey={chosen?.id ?? null}
        />
      ) : null}
      {chosen?.state === 'ready' ? <VarianceReport key={chosen.id} id={chosen.id} /> : null}
      <ImportModal
        opened={importing}
        onClose={() => setImporting(false)}
        onArrived={(id) => set({ import: id })}
      />
      <RemoveModal export={removing} onClose={() => setRemoving(null)} />
    </Panel>
  )
}

function RemoveModal(props: { export: ReconciliationView | null; onClose: () => void }) {
  const remove = useRemoveExport()
  const name = props.export?.fileName ?? ''
  return (
    <ReasonModal
      opened={props.export !== null}
      title={`Remove ${name}`}
      effect="Its days are no longer held against the ledger, and it alerts no more. The ledger stays as it is; the same file can be imported again."
      verb="Remove"
      danger
      busy={remove.isPending}
      error={remove.error}
      onClose={props.onClose}
      onConfirm={(reason) =>
        remove.mutate(
          { id: props.export?.id ?? '', reason },
          {
            onSuccess: () => {
              notifyDone(`${name} is removed`)
              props.onClose()
            },
          },
        )
      }
    />
  )
}
