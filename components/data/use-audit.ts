'use client'

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import {
  auditEntryDetail,
  auditHoldView,
  auditPage,
  auditState,
  auditVerificationView,
} from '#lib/contracts/audit'

/** What the list is narrowed to, by the names of `auditQuery`. */
export type AuditFilters = Readonly<Record<string, string>>

export function useAuditEntries(filters: AuditFilters) {
  return useQuery({
    queryKey: ['audit', 'entries', filters],
    queryFn: ({ signal }) =>
      fetchJson(auditPage, `/api/admin/audit?${new URLSearchParams(filters)}`, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function useAuditEntry(position: string | null) {
  return useQuery({
    queryKey: ['audit', 'entry', position],
    queryFn: ({ signal }) =>
      fetchJson(auditEntryDetail, `/api/admin/audit/entries/${encodeURIComponent(position ?? '')}`, {
        signal,
      }),
    enabled: position !== null,
  })
}

export function useAuditState() {
  return useQuery({
    queryKey: ['audit', 'state'],
    queryFn: ({ signal }) => fetchJson(auditState, '/api/admin/audit/state', { signal }),
  })
}

export function useVerifyAudit() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (scope: 'whole' | 'newest') =>
      fetchJson(auditVerificationView, '/api/admin/audit/verifications', { method: 'POST', body: { scope } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['audit'] }),
  })
}

export function usePlaceHold() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { fromDay: string; reason: string }) =>
      fetchJson(auditHoldView, '/api/admin/audit/holds', { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['audit'] }),
  })
}

export function useReleaseHold() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/audit/holds/${encodeURIComponent(id)}/release`, {
        method: 'POST',
        body: { reason },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ['audit'] }),
  })
}
