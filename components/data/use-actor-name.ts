'use client'

import { useHasRole, useMe } from '#components/data/use-me'
import { useUsers } from '#components/data/use-users'

/** Names the people behind ids of a history, as far as the viewer may know them: admins know all, others themselves. */
export function useActorName(): (actorId: string) => string {
  const { data: me } = useMe()
  const { data: users } = useUsers(useHasRole('admin'))
  return (actorId) => {
    if (actorId === me?.id) return 'you'
    return users?.users.find(({ id }) => id === actorId)?.name ?? actorId
  }
}
