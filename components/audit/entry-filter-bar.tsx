'use client'

import { SegmentedControl, Select, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { actionWords } from '#components/audit/action-words'
import { operatorActions } from '#lib/audit/audit-action'
import classes from './audit.module.css'

const texts = [
  { name: 'actor', label: 'Actor', hint: 'User or key id, or pseudonym' },
  { name: 'subject', label: 'Person concerned', hint: 'Creator, fan, user id, or pseudonym' },
  { name: 'resource', label: 'Resource', hint: 'deployment/we-premium' },
  { name: 'correlationId', label: 'Correlation id', hint: 'req_…' },
] as const
const days = [
  { name: 'fromDay', label: 'From (UTC)' },
  { name: 'toDay', label: 'To (UTC)' },
] as const
const kinds = [
  { value: 'operators', label: 'Operators' },
  { value: 'ai', label: 'AI' },
  { value: 'all', label: 'All' },
]
const outcomes = ['success', 'refused', 'error', 'cancelled', 'cut']

interface EntryFilterBarProps {
  get: (name: string) => string | null
  onChange: (changes: Record<string, string | null>) => void
}

/** What the list is narrowed to; it stands in the address. */
export function EntryFilterBar({ get, onChange }: EntryFilterBarProps) {
  return (
    <search className={classes.filters} aria-label="Filter entries">
      <SegmentedControl
        aria-label="Whose entries"
        data={kinds}
        value={get('kind') ?? 'operators'}
        onChange={(value) => onChange({ kind: value === 'operators' ? null : value })}
      />
      <Select
        label="Action"
        placeholder="Any"
        data={Object.keys(operatorActions).map((value) => ({ value, label: actionWords(value) }))}
        value={get('action')}
        onChange={(value) => onChange({ action: value })}
        searchable
        clearable
      />
      <Select
        label="Outcome"
        placeholder="Any"
        data={outcomes}
        value={get('outcome')}
        onChange={(value) => onChange({ outcome: value })}
        clearable
        w={130}
      />
      {days.map(({ name, label }) => (
        <TextInput
          key={name}
          type="date"
          label={label}
          value={get(name) ?? ''}
          onChange={(event) => onChange({ [name]: event.currentTarget.value || null })}
        />
      ))}
      {texts.map(({ name, label, hint }) => (
        <TextFilter
          key={name}
          label={label}
          hint={hint}
          value={get(name) ?? ''}
          onChange={(value) => onChange({ [name]: value || null })}
        />
      ))}
    </search>
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
