'use client'

import { Select, SimpleGrid, TextInput } from '@mantine/core'
import type { UsageRow } from '#lib/contracts/quotas'
import { quotaScopes } from '#lib/quotas/quota-terms'

/** Whom a budget or an exception is for. */
export interface QuotaTarget {
  accountId: string
  scope: UsageRow['scope']
  /** Of the key or creator; the account's own is its account id. */
  scopeId: string
}

export const noTarget: QuotaTarget = { accountId: '', scope: 'account', scopeId: '' }

/** As the API takes it. */
export function targetBody({ accountId, scope, scopeId }: QuotaTarget): QuotaTarget {
  return { accountId: accountId.trim(), scope, scopeId: (scope === 'account' ? accountId : scopeId).trim() }
}

export function TargetFields(props: { target: QuotaTarget; onChange: (target: QuotaTarget) => void }) {
  const { target, onChange } = props
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
      <TextInput
        label="Account"
        value={target.accountId}
        onChange={(event) => onChange({ ...target, accountId: event.currentTarget.value })}
        required
      />
      <Select
        label="For"
        data={[...quotaScopes]}
        value={target.scope}
        onChange={(value) =>
          onChange({ ...target, scope: quotaScopes.find((known) => known === value) ?? 'account' })
        }
        allowDeselect={false}
      />
      {target.scope === 'account' ? null : (
        <TextInput
          label={target.scope === 'key' ? 'Key id' : 'Creator id'}
          value={target.scopeId}
          onChange={(event) => onChange({ ...target, scopeId: event.currentTarget.value })}
          required
        />
      )}
    </SimpleGrid>
  )
}
