'use client'

import { ActionIcon, Button, Select, TextInput } from '@mantine/core'
import { IconDownload, IconSearch, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { type RequestFilters, requestParameters } from '#components/data/request-filters'
import { useUrlParams } from '#components/data/use-url-params'
import { AddFilter } from '#components/requests/add-filter'
import { ColumnMenu } from '#components/requests/column-menu'
import { filterFields } from '#components/requests/filter-fields'
import { outcome, type RequestRow } from '#lib/contracts/requests'
import type { TimeRangeQuery } from '#lib/contracts/time-range'
import classes from './requests-page.module.css'

export interface FilterBarProps {
  filters: RequestFilters
  range: TimeRangeQuery
  chosenColumns: string[]
  onChooseColumns: (ids: string[]) => void
  /** Rows in view, from which values are suggested. */
  rows: readonly RequestRow[]
}

/** What the list is narrowed to, all of it in the address; the export takes exactly the same. */
export function FilterBar({ filters, range, chosenColumns, onChooseColumns, rows }: FilterBarProps) {
  const { set } = useUrlParams()
  const change = (changes: Record<string, string | null>) => set({ ...changes, cursor: null }, 'push')
  return (
    <search className={classes.bar} aria-label="Filter requests">
      <IdSearch value={filters.id ?? ''} onSearch={(id) => change({ id: id || null })} />
      <Select
        aria-label="Outcome"
        placeholder="Any outcome"
        w={140}
        data={outcome.options}
        value={filters.outcome ?? null}
        onChange={(value) => change({ outcome: value })}
        clearable
      />
      {filterFields.map(({ name, label }) => {
        const value = filters[name]
        return value ? (
          <span key={name} className={classes.chip}>
            <span className={classes.chipName}>{label}</span>
            <span className={classes.chipValue}>{value}</span>
            <ActionIcon
              size="xs"
              color="gray"
              aria-label={`Remove filter ${label}`}
              onClick={() => change({ [name]: null })}
            >
              <IconX size={12} />
            </ActionIcon>
          </span>
        ) : null
      })}
      <AddFilter filters={filters} rows={rows} onAdd={(name, value) => change({ [name]: value })} />
      <div className={classes.right}>
        <ColumnMenu chosen={chosenColumns} onChoose={onChooseColumns} />
        <Button
          variant="default"
          leftSection={<IconDownload size={14} />}
          onClick={() =>
            download(`/api/admin/requests.csv?${requestParameters({ filters, range, nowMs: Date.now() })}`)
          }
        >
          CSV
        </Button>
      </div>
    </search>
  )
}

function IdSearch({ value, onSearch }: { value: string; onSearch: (id: string) => void }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSearch(text.trim())
      }}
    >
      <TextInput
        aria-label="Request, correlation or trace id"
        placeholder="Request, correlation or trace id"
        w={{ base: 250, sm: 270 }}
        leftSection={<IconSearch size={14} />}
        rightSection={
          value ? (
            <ActionIcon size="xs" color="gray" aria-label="Clear the id" onClick={() => onSearch('')}>
              <IconX size={12} />
            </ActionIcon>
          ) : null
        }
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  )
}

/** As a download, so that a refusal does not replace the page. */
function download(href: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = ''
  link.click()
}
