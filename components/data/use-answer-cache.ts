'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { answerCacheView, type purgeAnswersBody } from '#lib/contracts/answer-cache'

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
