'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { uploadFile } from '#components/data/upload-file'
import { acceptedExport, reconciliationsView, varianceView } from '#lib/contracts/reconciliations'

const address = '/api/admin/reconciliations'

/** Usage exports, newest first; while one is being read, once a second. */
export function useReconciliations() {
  return useQuery({
    queryKey: ['reconciliations'],
    queryFn: ({ signal }) => fetchJson(reconciliationsView, address, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.reconciliations.some((one) => one.state === 'staging') ? 1_000 : false,
  })
}

/** One export held against the ledger; nothing is asked without an id. */
export function useVariance(id: string | null) {
  return useQuery({
    queryKey: ['reconciliations', id],
    queryFn: ({ signal }) =>
      fetchJson(varianceView, `${address}/${encodeURIComponent(id ?? '')}`, { signal }),
    enabled: id !== null,
  })
}

export interface ExportUpload {
  file: File
  reason: string
  onProgress: (share: number) => void
  signal: AbortSignal
}

/** Sends an export; resolves when it has arrived, before its lines are read. */
export function useUploadExport() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ file, reason, ...how }: ExportUpload) => {
      const query = new URLSearchParams({ fileName: file.name.slice(0, 200), reason })
      const text = await uploadFile({ path: `${address}?${query}`, file, contentType: 'text/csv', ...how })
      return acceptedExport.parse(JSON.parse(text))
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['reconciliations'] }),
  })
}

export function useRemoveExport() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`${address}/${encodeURIComponent(id)}/remove`, { method: 'POST', body: { reason } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['reconciliations'] }),
  })
}
