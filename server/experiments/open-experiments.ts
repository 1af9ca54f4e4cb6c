import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Database } from '#server/db/database'
import { createTrialCounts, type TrialCounts } from '#server/experiments/trial-counts'
import { createTrialStore, type TrialStore } from '#server/experiments/trial-store'
import type { Log } from '#server/telemetry/log'

/** The experiments of a process: `container.experiments`. */
export interface Experiments {
  /** Those that run now. */
  trials: TrialStore['current']
  counts: TrialCounts
}

/** Loads the experiments that run and follows changes of them. */
export async function openExperiments({
  db,
  configuration,
  log,
}: {
  db: Database
  configuration: Pick<ConfigurationWatcher, 'subscribe'>
  log: Log
}): Promise<Experiments> {
  const trials = createTrialStore(db)
  await trials.reload()
  configuration.subscribe(() => trials.reload())
  return { trials: trials.current, counts: createTrialCounts({ db, log }) }
}
