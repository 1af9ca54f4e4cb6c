'use client'

import { IconActivityHeartbeat } from '@tabler/icons-react'
import { rangeWords } from '#components/data/time-range'
import { chatCommand } from '#components/ui/chat-command'
import { EmptyNotice } from '#components/ui/empty-notice'
import { Panel } from '#components/ui/panel'
import type { TimeRangeQuery } from '#lib/contracts/time-range'

/** No traffic: what would be here, and how to get it. */
export function EmptyOverview({ range }: { range: TimeRangeQuery }) {
  return (
    <Panel title="Traffic">
      <EmptyNotice
        icon={<IconActivityHeartbeat size={18} />}
        title={`No requests in ${rangeWords(range.range)}`}
        commands={['npm run demo', chatCommand(window.location.origin)]}
      >
        Requests by outcome and tier, latency, time to first token and cost are drawn here as they come in.
        Send a simulated day of traffic, or a first request with an API key from Access:
      </EmptyNotice>
    </Panel>
  )
}
