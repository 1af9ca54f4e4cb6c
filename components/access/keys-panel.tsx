'use client'

import { Skeleton } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { AccountRegionModal } from '#components/access/account-region-modal'
import { CreateKeyModal } from '#components/access/create-key-modal'
import { KeysTable } from '#components/access/keys-table'
import { RevokeKeyModal } from '#components/access/revoke-key-modal'
import { useKeys } from '#components/data/use-keys'
import { useHasRole } from '#components/data/use-me'
import { useUrlParams } from '#components/data/use-url-params'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import type { ApiKeyView } from '#lib/contracts/access'

/** API keys: what calls the gateway, with what rights. */
export function KeysPanel() {
  const { data, error, refetch } = useKeys()
  const { get, set } = useUrlParams()
  const isAdmin = useHasRole('admin')
  const [revoking, setRevoking] = useState<ApiKeyView | null>(null)
  const [account, setAccount] = useState<string | null>(null)
  const active = data?.keys.filter(({ state }) => state === 'active').length
  return (
    <Panel
      title="API keys"
      hint={active === undefined ? undefined : `${active} active`}
      flush
      actions={
        <GuardedButton
          needs="admin"
          leftSection={<IconPlus size={14} />}
          onClick={() => set({ create: 'key' })}
        >
          Create key
        </GuardedButton>
      }
    >
      {data && data.keys.length > 0 ? (
        <KeysTable keys={data.keys} onRevoke={setRevoking} onAccount={setAccount} />
      ) : null}
      {data?.keys.length === 0 ? (
        <EmptyNotice icon={<IconKey size={18} />} title="No API key yet">
          A key lets a server call <code>/api/v1</code> with any OpenAI SDK: its base URL is this address, its
          key the one made here.
        </EmptyNotice>
      ) : null}
      {!data && error ? <ErrorNotice what="The keys" error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? (
        <Skeleton height={190} radius={0} role="status" aria-label="Loading the keys" />
      ) : null}
      <CreateKeyModal opened={get('create') === 'key' && isAdmin} onClose={() => set({ create: null })} />
      <AccountRegionModal accountId={account} onClose={() => setAccount(null)} />
      <RevokeKeyModal apiKey={revoking} onClose={() => setRevoking(null)} />
    </Panel>
  )
}
