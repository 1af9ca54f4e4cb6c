'use client'

import { Button, Checkbox, Popover, Stack } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { requestColumns } from '#components/requests/request-columns'

/** Which columns the table shows; kept in this browser. */
export function ColumnMenu({ chosen, onChoose }: { chosen: string[]; onChoose: (ids: string[]) => void }) {
  return (
    <Popover position="bottom-end">
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={14} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group value={chosen} onChange={onChoose} aria-label="Columns">
          <Stack gap={10}>
            {requestColumns.slice(1).map(({ id, label }) => (
              <Checkbox key={id} value={id} label={label} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  )
}
