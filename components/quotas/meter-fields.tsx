'use client'

import { Select } from '@mantine/core'
import type { UsageRow } from '#lib/contracts/quotas'
import { quotaMeasures, quotaWindows } from '#lib/quotas/quota-terms'

export type MeterChoice = Pick<UsageRow, 'measure' | 'window'>

/** What is limited, and in which span of time. */
export function MeterFields(props: { choice: MeterChoice; onChange: (choice: MeterChoice) => void }) {
  const { choice, onChange } = props
  const concurrent = choice.measure === 'concurrent'
  const windows = quotaWindows.filter((window) => (window === 'running') === concurrent)
  return (
    <>
      <Select
        label="What"
        data={quotaMeasures.map((value) => ({ value, label: value === 'cost' ? 'cost, USD' : value }))}
        value={choice.measure}
        onChange={(value) => {
          const measure = quotaMeasures.find((known) => known === value) ?? 'requests'
          const window = measure === 'concurrent' ? 'running' : concurrent ? 'minute' : choice.window
          onChange({ measure, window })
        }}
        allowDeselect={false}
      />
      <Select
        label="In"
        data={windows.map((value) => ({ value, label: value === 'running' ? 'at once' : `a ${value}` }))}
        value={choice.window}
        onChange={(value) =>
          onChange({ ...choice, window: windows.find((known) => known === value) ?? choice.window })
        }
        allowDeselect={false}
      />
    </>
  )
}
