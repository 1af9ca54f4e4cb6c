import { RolloutsPanel } from '#components/traffic/rollouts-panel'
import { Page } from '#components/ui/page'

/** Who serves what, and what moves next? */
export function TrafficPage() {
  return (
    <Page>
      <RolloutsPanel />
    </Page>
  )
}
