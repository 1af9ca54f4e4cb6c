'use client'

import { useMantineColorScheme } from '@mantine/core'
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import {
  IconDeviceDesktop,
  IconHash,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconSearch,
  IconSun,
} from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useLive } from '#components/data/live-context'
import { useStatus } from '#components/data/use-status'
import { navigationItems } from '#components/frame/navigation-items'

const icon = { size: 17, stroke: 1.6 } as const

/** Pages, actions, and any request by its id, from the keyboard. */
export function CommandPalette() {
  const router = useRouter()
  const [query, setQuery] = useState('')
  const actions = useFrameActions()
  const { data: status } = useStatus()
  const simulated = status !== undefined && status.simulated.length > 0
  const pages = navigationItems
    .filter(({ simulatedOnly }) => simulated || simulatedOnly !== true)
    .map((item) => ({
      id: item.href,
      label: item.label,
      description: item.question,
      leftSection: <item.icon {...icon} />,
      onClick: () => router.push(item.href),
    }))
  return (
    <Spotlight
      shortcut={['mod + K', '/']}
      query={query}
      onQueryChange={setQuery}
      actions={[
        ...requestGroup(query, router.push),
        { group: 'Pages', actions: pages },
        { group: 'Actions', actions },
      ]}
      nothingFound="Nothing by that name. Paste a request, correlation or trace id to open the request."
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={17} />,
        placeholder: 'Page, action, or request id',
        'aria-label': 'Page, action, or request id',
      }}
    />
  )
}

/** A pasted id becomes an entry of its own; request ids open the request, others search for it. */
function requestGroup(query: string, go: (href: string) => void): SpotlightActionGroupData[] {
  const id = query.trim()
  if (!/^(req_)?[\w-]{8,}$/.test(id)) return []
  const isRequest = id.startsWith('req_')
  const href = isRequest
    ? `/requests?request=${encodeURIComponent(id)}`
    : `/requests?id=${encodeURIComponent(id)}`
  return [
    {
      group: 'Requests',
      actions: [
        {
          id: 'open-request',
          label: isRequest ? `Open request ${id}` : `Find requests with id ${id}`,
          keywords: [query, id],
          leftSection: <IconHash {...icon} />,
          onClick: () => go(href),
        },
      ],
    },
  ]
}

function useFrameActions() {
  const router = useRouter()
  const { setColorScheme } = useMantineColorScheme()
  const { paused, setPaused } = useLive()
  return [
    {
      id: 'light',
      label: 'Switch to light',
      leftSection: <IconSun {...icon} />,
      onClick: () => setColorScheme('light'),
    },
    {
      id: 'dark',
      label: 'Switch to dark',
      leftSection: <IconMoon {...icon} />,
      onClick: () => setColorScheme('dark'),
    },
    {
      id: 'auto',
      label: 'Switch colours with the system',
      leftSection: <IconDeviceDesktop {...icon} />,
      onClick: () => setColorScheme('auto'),
    },
    {
      id: 'pause',
      label: paused ? 'Resume live updates' : 'Pause live updates',
      leftSection: paused ? <IconPlayerPlay {...icon} /> : <IconPlayerPause {...icon} />,
      onClick: () => setPaused(!paused),
    },
    {
      id: 'create-key',
      label: 'Create an API key',
      leftSection: <IconPlus {...icon} />,
      onClick: () => router.push('/access?create=key'),
    },
    {
      id: 'failures',
      label: 'Show failed requests',
      leftSection: <IconSearch {...icon} />,
      onClick: () => router.push('/requests?outcome=error'),
    },
  ]
}
