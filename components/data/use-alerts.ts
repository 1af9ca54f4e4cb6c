'use client'

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import {
  alertReport,
  alertRulesView,
  alertSilencesView,
  alertsPage,
  alertsSummary,
  type changeRuleBody,
  type createSilenceBody,
  rulePreview,
} from '#lib/contracts/alerts'

const part = encodeURIComponent

/** How many alerts fire; for the frame. */
export function useAlertsSummary() {
  return useQuery({
    queryKey: ['alerts', 'summary'],
    queryFn: ({ signal }) => fetchJson(alertsSummary, '/api/admin/alerts/summary', { signal }),
  })
}

/** What is open, the gravest first. */
export function useOpenAlerts() {
  return useQuery({
    queryKey: ['alerts', 'open'],
    queryFn: ({ signal }) => fetchJson(alertsPage, '/api/admin/alerts', { signal }),
  })
}

/** What was resolved, newest first, page by page; `filter` is a query string. */
export function useResolvedAlerts(filter: string) {
  return useInfiniteQuery({
    queryKey: ['alerts', 'resolved', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      fetchJson(
        alertsPage,
        `/api/admin/alerts?state=resolved${filter}${pageParam && `&cursor=${part(pageParam)}`}`,
        {
          signal,
        },
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
}

export function useAlert(id: string | null) {
  return useQuery({
    queryKey: ['alerts', 'report', id],
    enabled: id !== null,
    queryFn: ({ signal }) => fetchJson(alertReport, `/api/admin/alerts/${part(id ?? '')}`, { signal }),
  })
}

export function useAlertRules() {
  return useQuery({
    queryKey: ['alert-rules'],
    queryFn: ({ signal }) => fetchJson(alertRulesView, '/api/admin/alert-rules', { signal }),
  })
}

export function useAlertSilences() {
  return useQuery({
    queryKey: ['alert-silences'],
    queryFn: ({ signal }) => fetchJson(alertSilencesView, '/api/admin/alert-silences', { signal }),
  })
}

/** Runs `send` and reads again what stands under the keys. */
function useDeed<Input>(send: (input: Input) => Promise<unknown>, keys: readonly string[]) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSettled: () => Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  })
}

export function useAcknowledge() {
  return useDeed(
    ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/alerts/${part(id)}/acknowledge`, { method: 'POST', body: { reason } }),
    ['alerts'],
  )
}

export function useSilence() {
  return useDeed(
    (body: z.input<typeof createSilenceBody>) =>
      sendJson('/api/admin/alert-silences', { method: 'POST', body }),
    ['alerts', 'alert-silences'],
  )
}

export function useEndSilence() {
  return useDeed(
    ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/alert-silences/${part(id)}/end`, { method: 'POST', body: { reason } }),
    ['alerts', 'alert-silences'],
  )
}

export function useChangeRule() {
  return useDeed(
    (body: z.input<typeof changeRuleBody>) =>
      sendJson(`/api/admin/alert-rules/${part(body.rule.id)}`, { method: 'PUT', body }),
    ['alert-rules', 'alerts'],
  )
}

export function useCreateRule() {
  return useDeed(
    (body: z.input<typeof changeRuleBody>) => sendJson('/api/admin/alert-rules', { method: 'POST', body }),
    ['alert-rules'],
  )
}

/** Removes an operator's rule, or brings a built-in one back. */
export function useRemoveRule() {
  return useDeed(
    ({ id, reason }: { id: string; reason: string }) =>
      sendJson(`/api/admin/alert-rules/${part(id)}`, { method: 'DELETE', body: { reason } }),
    ['alert-rules', 'alerts'],
  )
}

export function usePreviewRule() {
  return useMutation({
    mutationFn: (body: { rule: z.input<typeof changeRuleBody>['rule'] }) =>
      fetchJson(rulePreview, '/api/admin/alert-rules/preview', { method: 'POST', body }),
  })
}
