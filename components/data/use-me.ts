'use client'

import { useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { me, type Role } from '#lib/contracts/access'

/** Who is signed in. */
export function useMe() {
  return useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => fetchJson(me, '/api/admin/me', { signal }),
    staleTime: 60_000,
  })
}

const rank: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** Whether the person may do what needs `needed`; false until it is known who they are. */
export function useHasRole(needed: Role): boolean {
  const { data } = useMe()
  return data !== undefined && rank[data.role] >= rank[needed]
}
