'use client'

import { Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLock, IconUserPlus } from '@tabler/icons-react'
import { InviteModal } from '#components/access/invite-modal'
import { UsersTable } from '#components/access/users-table'
import { useHasRole, useMe } from '#components/data/use-me'
import { useUsers } from '#components/data/use-users'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'

/** People who can sign in here, and what they may do. */
export function UsersPanel() {
  const isAdmin = useHasRole('admin')
  const { data: me } = useMe()
  const { data, error, refetch } = useUsers(isAdmin)
  const [inviting, invite] = useDisclosure(false)
  return (
    <Panel
      title="People"
      hint={data ? `${data.users.length} with access` : undefined}
      flush
      actions={
        <GuardedButton needs="admin" leftSection={<IconUserPlus size={14} />} onClick={invite.open}>
          Invite
        </GuardedButton>
      }
    >
      {me && !isAdmin ? (
        <EmptyNotice icon={<IconLock size={18} />} title="Only admins see this list">
          Your role is {me.role}. Ask an admin to change it or to invite someone.
        </EmptyNotice>
      ) : null}
      {data ? <UsersTable users={data.users} ownId={me?.id ?? null} /> : null}
      {!data && error ? <ErrorNotice what="The people" error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error && (isAdmin || !me) ? (
        <Skeleton height={150} radius={0} role="status" aria-label="Loading the people" />
      ) : null}
      <InviteModal opened={inviting} onClose={invite.close} />
    </Panel>
  )
}
