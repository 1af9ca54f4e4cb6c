'use client'

import { UnstyledButton } from '@mantine/core'
import { type Column, DataTable } from '#components/ui/data-table'
import { GuardedButton } from '#components/ui/guarded-button'
import { RelativeTime } from '#components/ui/relative-time'
import { RoleGuard } from '#components/ui/role-guard'
import { StateTag } from '#components/ui/state-tag'
import type { ApiKeyView } from '#lib/contracts/access'
import classes from './access.module.css'

const states = {
  active: { tone: 'good', word: 'active' },
  expired: { tone: 'neutral', word: 'expired' },
  revoked: { tone: 'neutral', word: 'revoked' },
} as const

/** Keys by what is visible of them; the secret is not kept anywhere. */
export function KeysTable({ keys, ...deeds }: KeyDeeds & { keys: readonly ApiKeyView[] }) {
  return <DataTable label="API keys" columns={columns(deeds)} rows={keys} rowKey={({ id }) => id} />
}

export interface KeyDeeds {
  onRevoke: (key: ApiKeyView) => void
  /** Somebody wants to say where the requests of an account go. */
  onAccount: (accountId: string) => void
}

function columns({ onRevoke, onAccount }: KeyDeeds): readonly Column<ApiKeyView>[] {
  return [
    { id: 'name', label: 'Name', sortBy: ({ name }) => name, render: ({ name }) => <strong>{name}</strong> },
    {
      id: 'state',
      label: 'State',
      sortBy: ({ state }) => state,
      render: ({ state }) => <StateTag tone={states[state].tone}>{states[state].word}</StateTag>,
    },
    {
      id: 'prefix',
      label: 'Begins with',
      render: ({ prefix }) => <code className={classes.mono}>{prefix}…</code>,
    },
    {
      id: 'account',
      label: 'Account',
      sortBy: ({ accountId }) => accountId,
      render: ({ accountId }) => <AccountButton accountId={accountId} onAccount={onAccount} />,
    },
    { id: 'plan', label: 'Plan', sortBy: ({ plan }) => plan, render: ({ plan }) => plan },
    {
      id: 'scopes',
      label: 'Scopes',
      render: ({ scopes }) => <span className={classes.soft}>{scopes.join(', ')}</span>,
    },
    {
      id: 'region',
      label: 'Region',
      sortBy: ({ region }) => region?.name ?? null,
      render: ({ region }) =>
        region ? `${region.mode}s ${region.name}` : <span className={classes.soft}>any</span>,
    },
    {
      id: 'used',
      label: 'Last used',
      sortBy: ({ lastUsedAt }) => lastUsedAt,
      render: ({ lastUsedAt }) => <Moment at={lastUsedAt} never="never" />,
    },
    {
      id: 'expires',
      label: 'Expires',
      sortBy: ({ expiresAt }) => expiresAt,
      render: ({ expiresAt }) => <Moment at={expiresAt} never="never" />,
    },
    {
      id: 'created',
      label: 'Created',
      sortBy: ({ createdAt }) => createdAt,
      render: (key) => (
        <span title={`By ${key.createdBy}`}>
          <RelativeTime at={key.createdAt} />
        </span>
      ),
    },
    { id: 'revoke', label: 'Action', render: (key) => <RevokeButton apiKey={key} onRevoke={onRevoke} /> },
  ]
}

function AccountButton({ accountId, onAccount }: { accountId: string } & Pick<KeyDeeds, 'onAccount'>) {
  return (
    <RoleGuard needs="admin">
      {(disabled) =>
        disabled ? (
          <span>{accountId}</span>
        ) : (
          <UnstyledButton
            className={classes.account}
            onClick={() => onAccount(accountId)}
            aria-label={`Region of ${accountId}`}
          >
            {accountId}
          </UnstyledButton>
        )
      }
    </RoleGuard>
  )
}

function Moment({ at, never }: { at: string | null; never: string }) {
  return at === null ? <span className={classes.soft}>{never}</span> : <RelativeTime at={at} />
}

function RevokeButton({ apiKey, onRevoke }: { apiKey: ApiKeyView; onRevoke: (key: ApiKeyView) => void }) {
  if (apiKey.state === 'revoked') {
    return apiKey.revokedAt === null ? null : (
      <span className={classes.soft}>
        revoked <RelativeTime at={apiKey.revokedAt} />
      </span>
    )
  }
  return (
    <GuardedButton
      needs="admin"
      size="compact-xs"
      variant="default"
      onClick={() => onRevoke(apiKey)}
      aria-label={`Revoke ${apiKey.name}`}
    >
      Revoke
    </GuardedButton>
  )
}
