'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import { type SimulatorFault, simulatorFaultSchema } from '#lib/contracts/simulator'

const list = z.array(simulatorFaultSchema)
/** The list alone or under its name; faults that ended are left out by the simulator. */
const faultsAnswer = z.union([list, z.object({ faults: list }).transform((answer) => answer.faults)])
const path = '/api/admin/simulator/faults'

/** Scripted faults that are live now. Only asked for where something is simulated. */
export function useFaults(enabled: boolean) {
  return useQuery({
    queryKey: ['faults'],
    queryFn: ({ signal }) => fetchJson(faultsAnswer, path, { signal }),
    enabled,
  })
}

export function useScriptFault() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (fault: SimulatorFault) => sendJson(path, { method: 'POST', body: fault }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['faults'] }),
  })
}

export function useClearFault() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (deployment: string) =>
      sendJson(`${path}/${encodeURIComponent(deployment)}`, { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['faults'] }),
  })
}
