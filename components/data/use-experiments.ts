'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import {
  type CreateExperimentInput,
  createdExperiment,
  experimentDetail,
  experimentsView,
  promotedVariant,
} from '#lib/contracts/experiments'
import type { ExperimentCommand } from '#lib/experiments/experiment-state'

/** Every experiment with what it says. */
export function useExperiments() {
  return useQuery({
    queryKey: ['experiments'],
    queryFn: ({ signal }) => fetchJson(experimentsView, '/api/admin/experiments', { signal }),
    meta: { quietMs: 2_000 },
  })
}

/** One experiment with its history. */
export function useExperiment(id: string | null) {
  return useQuery({
    queryKey: ['experiments', id],
    queryFn: ({ signal }) =>
      fetchJson(experimentDetail, `/api/admin/experiments/${encodeURIComponent(id ?? '')}`, { signal }),
    enabled: id !== null,
    meta: { quietMs: 2_000 },
  })
}

export function useCreateExperiment() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateExperimentInput) =>
      fetchJson(createdExperiment, '/api/admin/experiments', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['experiments'] }),
  })
}

/** What an operator does to an experiment; `version` is the one they saw. */
export interface ExperimentDeed {
  id: string
  command: ExperimentCommand
  version: number
  reason: string
  /** For `conclude`: what was decided; null = none of them. */
  variant?: string | null
}

export function useExperimentDeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, command, ...body }: ExperimentDeed) =>
      sendJson(`/api/admin/experiments/${encodeURIComponent(id)}/${command}`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['experiments'] }),
  })
}

/** Makes the winner's prompt and parameters a model version; answers with what a rollout's candidate is then. */
export function usePromoteVariant() {
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      fetchJson(promotedVariant, `/api/admin/experiments/${encodeURIComponent(id)}/promote`, {
        method: 'POST',
        body: { reason },
      }),
  })
}
