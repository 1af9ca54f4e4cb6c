'use client'

import { Button, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { TimeRangeQuery } from '#lib/contracts/time-range'

/** Two moments in the viewer's zone; hands them over as ISO times. */
export function CustomRangeForm(props: {
  initial: TimeRangeQuery
  onApply: (from: string, to: string) => void
}) {
  const [from, setFrom] = useState(() => localText(props.initial.from ?? Date.now() - 3_600_000))
  const [to, setTo] = useState(() => localText(props.initial.to ?? Date.now()))
  const valid = Date.parse(from) < Date.parse(to)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (valid) props.onApply(new Date(from).toISOString(), new Date(to).toISOString())
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" w={220}>
        <TextInput
          type="datetime-local"
          label="From"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          required
        />
        <TextInput
          type="datetime-local"
          label="To"
          value={to}
          error={valid ? undefined : 'Has to be after “From”.'}
          onChange={(event) => setTo(event.currentTarget.value)}
          required
        />
        <Button type="submit" disabled={!valid}>
          Show this span
        </Button>
      </Stack>
    </form>
  )
}

/** The form's text for a moment, in the viewer's zone to the minute. */
function localText(moment: string | number): string {
  const date = new Date(moment)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
