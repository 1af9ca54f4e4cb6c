'use client'

import { Button, SegmentedControl, Select, Skeleton, TextInput } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { actionWords } from '#components/audit/action-words'
import { entryColumns } from '#components/audit/entry-columns'
import { useActorName } from '#components/data/use-actor-name'
import { useAuditEntries } from '#components/data/use-audit'
import { useUrlParams } from '#components/data/use-url-params'
import { DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { Panel } from '#components/ui/panel'
import { operatorActions } from '#lib/audit/audit-action'
import classes from './audit.module.css'

const texts = [
  { name: 'actor', label: 'Actor', hint: 'User or key id, or pseudonym' },
  { name: 'subject', label: 'Person concerned', hint: 'Creator, fan, user id, or pseudonym' },
  { name: 'resource', label: 'Resource', hint: 'deployment/we-premium' },
  { name: 'correlationId', label: 'Correlation id', hint: 'req_…' },
] as const
const kinds = [
  { value: 'operators', label: 'Operators' },
  { value: 'ai', label: 'AI' },
  { value: 'all', label: 'All' },
]
const names = ['kind', 'action', ...texts.map(({ name }) => name), 'cursor'] as const

/** The log itself, narrowed by what stands in the address. */
export function AuditEntries({ onOpen }: { onOpen: (position: number) => void }) {
  const { get, set } = useUrlParams()
  const filters = Object.fromEntries(
    names.flatMap((name) => {
      const value = get(name)
      return value ? [[name, value]] : []
    }),
  )
  const query = useAuditEntries(filters)
  const actorName = useActorName()
  const change = (changes: Record<string, string | null>) => set({ ...changes, cursor: null }, 'push')
  const { data } = query
  return (
    <Panel title="Entries" flush>
      <search className={classes.filters} aria-label="Filter entries">
        <SegmentedControl
          aria-label="Whose entries"
          data={kinds}
          value={filters.kind ?? 'operators'}
          onChange={(value) => change({ kind: value === 'operators' ? null : value })}
        />
        <Select
          label="Action"
          placeholder="Any"
          data={Object.keys(operatorActions).map((value) => ({ value, label: actionWords(value) }))}
          value={filters.action ?? null}
          onChange={(value) => change({ action: value })}
          searchable
          clearable
        />
        {texts.map(({ name, label, hint }) => (
          <TextFilter
            key={name}
            label={label}
            hint={hint}
            value={filters[name] ?? ''}
            onChange={(value) => change({ [name]: value || null })}
          />
        ))}
      </search>
      {data === undefined ? (
        query.error ? (
          <ErrorNotice what="The entries" error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton height={240} role="status" aria-label="Loading: the entries" />
        )
      ) : data.rows.length === 0 ? (
        <EmptyNotice icon={<IconFingerprint size={18} />} title="No entries">
          Nothing matches these filters. What operators do, and every AI operation, appears here within a
          second.
        </EmptyNotice>
      ) : (
        <DataTable
          label="Audit entries"
          columns={entryColumns({ actorName, onOpen })}
          rows={data.rows}
          rowKey={({ position }) => String(position)}
          selectedKey={get('entry')}
        />
      )}
      <div className={classes.turner}>
        {filters.cursor ? (
          <Button size="compact-sm" variant="default" onClick={() => change({})}>
            Newest
          </Button>
        ) : null}
        <Button
          size="compact-sm"
          variant="default"
          disabled={!data?.nextCursor}
          onClick={() => set({ cursor: data?.nextCursor ?? null }, 'push')}
        >
          Older
        </Button>
      </div>
    </Panel>
  )
}

interface TextFilterProps {
  label: string
  hint: string
  value: string
  onChange: (value: string) => void
}

/** Applied with Enter, or when it is left. */
function TextFilter({ label, hint, value, onChange }: TextFilterProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const apply = () => {
    if (text.trim() !== value) onChange(text.trim())
  }
  return (
    <TextInput
      label={label}
      placeholder={hint}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === 'Enter') apply()
      }}
    />
  )
}
