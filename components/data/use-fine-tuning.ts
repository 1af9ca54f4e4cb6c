'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { readProblem, unreachable } from '#components/data/api-problem'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { addedExamples, type CreateJobBody, jobDetail, jobsView, trainingView } from '#lib/contracts/training'

/** Fine-tuning jobs, newest first. */
export function useJobs() {
  return useQuery({
    queryKey: ['fine-tuning'],
    queryFn: ({ signal }) => fetchJson(jobsView, '/api/admin/fine-tuning', { signal }),
  })
}

/** One job with its events. */
export function useJob(id: string | null) {
  return useQuery({
    queryKey: ['fine-tuning', id],
    queryFn: ({ signal }) =>
      fetchJson(jobDetail, `/api/admin/fine-tuning/${encodeURIComponent(id ?? '')}`, { signal }),
    enabled: id !== null,
  })
}

/** Who consented, and what there is to train on. */
export function useTraining() {
  return useQuery({
    queryKey: ['training'],
    queryFn: ({ signal }) => fetchJson(trainingView, '/api/admin/training', { signal }),
  })
}

export interface ConsentOrder {
  accountId: string
  creatorId: string
  fanId: string | null
  granted: boolean
  evidence: string
  reason: string
}

/** One change of jobs, consents or examples. */
export type TrainingDeed =
  | { kind: 'create'; body: CreateJobBody }
  | { kind: 'cancel' | 'retire'; id: string; reason: string }
  | { kind: 'consent'; body: ConsentOrder }

export function useTrainingDeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (deed: TrainingDeed) => {
      if (deed.kind === 'create')
        return sendJson('/api/admin/fine-tuning', { method: 'POST', body: deed.body })
      if (deed.kind === 'consent')
        return sendJson('/api/admin/training/consents', { method: 'POST', body: deed.body })
      const path = `/api/admin/fine-tuning/${encodeURIComponent(deed.id)}/${deed.kind}`
      return sendJson(path, { method: 'POST', body: { reason: deed.reason } })
    },
    onSuccess: () =>
      Promise.all(
        ['fine-tuning', 'training', 'models'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      ),
  })
}

/** Hands a JSONL file in; answers what became of its examples. */
export function useUploadExamples() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ file, reason }: { file: File; reason: string }) => {
      const response = await fetch(`/api/admin/training/examples?reason=${encodeURIComponent(reason)}`, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/jsonl' },
        body: file,
      }).catch((cause: unknown) => {
        throw unreachable(cause)
      })
      if (!response.ok) throw await readProblem(response)
      return addedExamples.parse(await response.json())
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['training'] }),
  })
}
