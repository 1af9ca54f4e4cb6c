'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { inviteLink, type Role, usersView } from '#lib/contracts/access'

/** People with access to the console (admins only). */
export function useUsers(enabled: boolean) {
  return useQuery({
    queryKey: ['users'],
    queryFn: ({ signal }) => fetchJson(usersView, '/api/admin/users', { signal }),
    enabled,
  })
}

export function useUpdateUser() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; role?: Role; disabled?: boolean }) =>
      sendJson(`/api/admin/users/${encodeURIComponent(id)}`, { method: 'PATCH', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['users'] }),
  })
}

/** The link is shown once; it is the invited person's to open. */
export function useCreateInvite() {
  return useMutation({
    mutationFn: (body: { role: Role; email: string | null }) =>
      fetchJson(inviteLink, '/api/admin/invites', { method: 'POST', body }),
    gcTime: 0,
  })
}
