'use client'

import { KeysPanel } from '#components/access/keys-panel'
import { UsersPanel } from '#components/access/users-panel'
import { Page } from '#components/ui/page'

/** Who may do what? */
export function AccessPage() {
  return (
    <Page>
      <KeysPanel />
      <UsersPanel />
    </Page>
  )
}
