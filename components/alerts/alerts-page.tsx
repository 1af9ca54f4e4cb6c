'use client'

import { SegmentedControl } from '@mantine/core'
import { AlertDrawer } from '#components/alerts/alert-drawer'
import { ChannelsPanel } from '#components/alerts/channels-panel'
import { FiringPanel } from '#components/alerts/firing-panel'
import { HistoryPanel } from '#components/alerts/history-panel'
import { RulesPanel } from '#components/alerts/rules-panel'
import { SilencesPanel } from '#components/alerts/silences-panel'
import { useUrlParams } from '#components/data/use-url-params'
import { Page } from '#components/ui/page'

const views = [
  { value: 'firing', label: 'Firing' },
  { value: 'history', label: 'History' },
  { value: 'rules', label: 'Rules' },
  { value: 'channels', label: 'Channels' },
]

/** What needs a person? */
export function AlertsPage() {
  const { get, set } = useUrlParams()
  const asked = get('view')
  const view = views.some(({ value }) => value === asked) ? (asked ?? 'firing') : 'firing'
  return (
    <Page>
      <div>
        <SegmentedControl
          aria-label="View"
          data={views}
          value={view}
          onChange={(value) => set({ view: value === 'firing' ? null : value })}
        />
      </div>
      {view === 'firing' ? (
        <>
          <FiringPanel />
          <SilencesPanel />
        </>
      ) : null}
      {view === 'history' ? <HistoryPanel /> : null}
      {view === 'rules' ? <RulesPanel /> : null}
      {view === 'channels' ? <ChannelsPanel /> : null}
      <AlertDrawer id={get('alert')} onClose={() => set({ alert: null }, 'push')} />
    </Page>
  )
}
