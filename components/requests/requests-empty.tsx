'use client'

import { Button } from '@mantine/core'
import { IconFilterOff, IconListDetails } from '@tabler/icons-react'
import { filterNames, type RequestFilters } from '#components/data/request-filters'
import { rangeWords } from '#components/data/time-range'
import { useUrlParams } from '#components/data/use-url-params'
import { chatCommand } from '#components/ui/chat-command'
import { EmptyNotice } from '#components/ui/empty-notice'
import type { TimeRangeQuery } from '#lib/contracts/time-range'

/** Nothing matches the filters, or nothing came in: two different things to do. */
export function RequestsEmpty({ filters, range }: { filters: RequestFilters; range: TimeRangeQuery }) {
  const { set } = useUrlParams()
  const when = rangeWords(range.range)
  if (Object.keys(filters).length > 0) {
    const cleared = Object.fromEntries([...filterNames, 'cursor'].map((name) => [name, null]))
    return (
      <EmptyNotice
        icon={<IconFilterOff size={18} />}
        title={`No request in ${when} matches these filters`}
        action={
          <Button variant="default" onClick={() => set(cleared, 'push')}>
            Clear filters
          </Button>
        }
      >
        Widen the time range, or take filters away.
      </EmptyNotice>
    )
  }
  return (
    <EmptyNotice
      icon={<IconListDetails size={18} />}
      title={`No requests in ${when}`}
      commands={['npm run demo', chatCommand(window.location.origin)]}
    >
      Every request that ends is listed here within a second, with its route, tokens and cost.
    </EmptyNotice>
  )
}
