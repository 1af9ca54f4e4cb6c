import type { ExperimentParts } from '#server/experiments/commit-experiment-change'
import { lookAtExperiments } from '#server/experiments/look-at-experiments'
import { createJobLease } from '#server/jobs/job-lease'
import { safeCause } from '#server/telemetry/safe-cause'

/** Looks at the experiments that run, on one instance at a time; while none runs it does nothing. */
export interface ExperimentJob {
  /** A look now, if this instance is the one that looks. */
  look(): Promise<void>
  close(): Promise<void>
}

const everyMs = 5_000
/** An instance that died is followed by another after this. */
const leaseMs = 20_000

/** Looks from now on by itself. */
export function startExperimentJob(parts: ExperimentParts, holder: string): ExperimentJob {
  const lease = createJobLease({ db: parts.db, name: 'experiments', holder, forMs: leaseMs })
  let running: Promise<void> | null = null
  let leased = false

  async function lookIfLeased(): Promise<void> {
    if (parts.experiments.trials().length === 0) return
    leased = await lease.take()
    if (!leased) return
    await lookAtExperiments(parts)
    parts.events.publish('activity')
  }

  function look(): Promise<void> {
    running ??= lookIfLeased().finally(() => {
      running = null
    })
    return running
  }

  const timer = setInterval(() => {
    look().catch((cause: unknown) =>
      parts.log.error({ cause: safeCause(cause) }, 'looking at the experiments failed; it is tried again'),
    )
  }, everyMs)
  timer.unref()
  return {
    look,
    async close() {
      clearInterval(timer)
      await running?.catch(() => undefined)
      if (leased) await lease.release().catch(() => undefined)
    },
  }
}
