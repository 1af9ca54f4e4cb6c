import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import { createJobLease } from '#server/jobs/job-lease'
import type { ConsoleEvents } from '#server/telemetry/console-events'
import { safeCause } from '#server/telemetry/safe-cause'
import { type LookParts, lookAtRollouts } from '#server/traffic/look-at-rollouts'

/** Looks at the rollouts every few seconds, on one instance at a time; while none is watched it does nothing. */
export interface RolloutJob {
  /** A look now, if this instance is the one that looks. */
  look(): Promise<void>
  start(): void
  close(): Promise<void>
}

export interface RolloutJobOptions {
  parts: LookParts & { configuration: ConfigurationWatcher; events: ConsoleEvents }
  /** Writes what this instance has counted, so that the look sees it. */
  flush(): Promise<void>
  /** A rollout rolled itself back. */
  onRollback(): void
  /** Is any rollout under way, as far as this instance knows? */
  isNeeded(): boolean
  /** Id of this instance. */
  holder: string
}

const lookEveryMs = 5_000
/** An instance that died is followed by another after this. */
const leaseMs = 15_000

export function createRolloutJob({
  parts,
  flush,
  onRollback,
  isNeeded,
  holder,
}: RolloutJobOptions): RolloutJob {
  const lease = createJobLease({ db: parts.db, name: 'rollouts', holder, forMs: leaseMs })
  let timer: ReturnType<typeof setInterval> | null = null
  let running: Promise<void> | null = null
  let leased = false

  async function lookIfLeased(): Promise<void> {
    leased = await lease.take()
    if (!leased) return
    await flush()
    const moved = await lookAtRollouts(parts)
    for (const phase of moved) if (phase === 'rolled_back') onRollback()
    if (moved.length > 0) await parts.configuration.check()
  }

  function look(): Promise<void> {
    running ??= lookIfLeased().finally(() => {
      running = null
    })
    return running
  }

  function lookAndLog(): void {
    if (!isNeeded()) return
    look().catch((cause: unknown) =>
      parts.log.error({ cause: safeCause(cause) }, 'looking at the rollouts failed; it is tried again'),
    )
  }

  return {
    look,
    start() {
      timer ??= setInterval(lookAndLog, lookEveryMs)
      timer.unref()
    },
    async close() {
      if (timer) clearInterval(timer)
      await running?.catch(() => undefined)
      if (leased) await lease.release()
    },
  }
}
