'use client'

import { Popover, SegmentedControl } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { rangeNames } from '#components/data/time-range'
import { useTimeRange } from '#components/data/use-time-range'
import { CustomRangeForm } from '#components/frame/custom-range-form'

/** The time range of the page; `custom` asks for its bounds first. */
export function TimeRangePicker() {
  const { query, choose } = useTimeRange()
  const [customOpened, custom] = useDisclosure(false)
  return (
    <Popover
      opened={customOpened}
      onChange={(open) => (open ? custom.open() : custom.close())}
      trapFocus
      position="bottom"
    >
      <Popover.Target>
        <SegmentedControl
          aria-label="Time range"
          value={query.range}
          data={rangeNames.map(({ value, short }) => ({ value, label: short }))}
          onChange={(value) => {
            const name = rangeNames.find((range) => range.value === value)?.value ?? '15m'
            if (name === 'custom') custom.open()
            else choose({ range: name })
          }}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <CustomRangeForm
          initial={query}
          onApply={(from, to) => {
            choose({ range: 'custom', from, to })
            custom.close()
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
