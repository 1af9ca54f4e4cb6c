'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import {
  type addWarmUpBody,
  answerCacheView,
  type purgeAnswersBody,
  warmUpsView,
} from '#lib/contracts/answer-cache'

export function useAnswerCache() {
  return useQuery({
    queryKey: ['answer-cache'],
    meta: { quietMs: 5_000 },
    queryFn: ({ signal }) => fetchJson(answerCacheView, '/api/admin/answer-cache', { signal }),
  })
}

export function usePurgeAnswers() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.input<typeof purgeAnswersBody>) =>
      sendJson('/api/admin/answer-cache/purge', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['answer-cache'] }),
  })
}

/** The warm-up list; operators alone may read it. */
export function useWarmUps({ enabled }: { enabled: boolean }) {
  return useQuery({
    queryKey: ['answer-cache', 'warm-ups'],
    enabled,
    queryFn: ({ signal }) => fetchJson(warmUpsView, '/api/admin/answer-cache/warm-ups', { signal }),
  })
}

/** What operators do with the warm-up list. */
export type WarmUpDeed =
  | { kind: 'add'; body: z.input<typeof addWarmUpBody> }
  | { kind: 'remove'; id: string; reason: string }
  | { kind: 'order'; reason: string }

export function useWarmUpDeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (deed: WarmUpDeed) => {
      if (deed.kind === 'add') return send('warm-ups', deed.body)
      return deed.kind === 'order'
        ? send('warm', { reason: deed.reason })
        : send(`warm-ups/${encodeURIComponent(deed.id)}/remove`, { reason: deed.reason })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['answer-cache'] }),
  })
}

function send(path: string, body: unknown) {
  return sendJson(`/api/admin/answer-cache/${path}`, { method: 'POST', body })
}
