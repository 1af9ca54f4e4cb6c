'use client'

import { Autocomplete, Button, Popover, Select, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { RequestFilters } from '#components/data/request-filters'
import { useDeployments } from '#components/data/use-deployments'
import { type FilterFieldName, filterFields } from '#components/requests/filter-fields'
import type { RequestRow } from '#lib/contracts/requests'

export interface AddFilterProps {
  filters: RequestFilters
  rows: readonly RequestRow[]
  onAdd: (name: FilterFieldName, value: string) => void
}

/** Adds a filter by field and value; values in view are suggested, any other may be typed. */
export function AddFilter({ filters, rows, onAdd }: AddFilterProps) {
  const [opened, disclosure] = useDisclosure(false)
  const free = filterFields.filter(({ name }) => !filters[name])
  if (free.length === 0) return null
  return (
    <Popover
      opened={opened}
      onChange={(open) => (open ? disclosure.open() : disclosure.close())}
      trapFocus
      position="bottom-start"
    >
      <Popover.Target>
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={disclosure.toggle}>
          Filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <AddFilterForm
          free={free}
          rows={rows}
          onAdd={(name, value) => {
            onAdd(name, value)
            disclosure.close()
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

function AddFilterForm(props: {
  free: readonly (typeof filterFields)[number][]
  rows: readonly RequestRow[]
  onAdd: AddFilterProps['onAdd']
}) {
  const { free, rows, onAdd } = props
  const [name, setName] = useState<FilterFieldName>(free[0]?.name ?? 'tier')
  const [value, setValue] = useState('')
  const suggestions = useSuggestions(name, rows)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (value.trim()) onAdd(name, value.trim())
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" w={240}>
        <Select
          label="Field"
          data={free.map((field) => ({ value: field.name, label: field.label }))}
          value={name}
          onChange={(next) => {
            setName(free.find((field) => field.name === next)?.name ?? name)
            setValue('')
          }}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
        <Autocomplete
          size="xs"
          label="Value"
          data={suggestions}
          value={value}
          onChange={setValue}
          comboboxProps={{ withinPortal: false }}
          data-autofocus
        />
        <Button type="submit" disabled={value.trim() === ''}>
          Add filter
        </Button>
      </Stack>
    </form>
  )
}

function useSuggestions(name: FilterFieldName, rows: readonly RequestRow[]): string[] {
  const { data } = useDeployments()
  if (name === 'tier' && data) return data.tiers.map((tier) => tier.name)
  if (name === 'deploymentId' && data) return data.deployments.map(({ id }) => id)
  const read = filterFields.find((field) => field.name === name)?.read
  return read ? [...new Set(rows.map(read))].filter((value) => value !== '').toSorted() : []
}
