import { trialOfPlan } from '#lib/experiments/split-of-plan'
import type { Trial } from '#lib/experiments/trial'
import type { Database } from '#server/db/database'
import { listRunning } from '#server/experiments/experiment-rows'

/** The running experiments: read from memory with every request, reloaded when the configuration version moves. */
export interface TrialStore {
  current(): readonly Trial[]
  reload(): Promise<void>
}

const nothing: readonly Trial[] = []

export function createTrialStore({ orm }: Pick<Database, 'orm'>): TrialStore {
  let trials = nothing
  return {
    current: () => trials,
    async reload() {
      const running = await listRunning(orm)
      trials =
        running.length === 0
          ? nothing
          : running.map(({ id, plan, stopped }) => trialOfPlan(id, plan, new Set(Object.keys(stopped))))
    },
  }
}
