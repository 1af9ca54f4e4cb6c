import type { CapacityParts } from '#server/deployments/capacity-parts'
import type { CapacityUtilization } from '#server/deployments/capacity-utilization'
import { lookAtCapacities } from '#server/deployments/look-at-capacities'
import { createJobLease } from '#server/jobs/job-lease'
import { safeCause } from '#server/telemetry/safe-cause'

/** Looks at the capacities every minute, on one instance at a time. */
export interface CapacityJob {
  look(): Promise<void>
  start(): void
  close(): Promise<void>
}

export interface CapacityJobOptions {
  parts: CapacityParts
  utilization: CapacityUtilization
  /** Id of this instance. */
  holder: string
}

const lookEveryMs = 60_000
/** Often enough that a minute's peak is seen; only provisioned deployments report one. */
const sampleEveryMs = 10_000
/** An instance that died is followed by another after this. */
const leaseMs = 150_000

export function createCapacityJob({ parts, utilization, holder }: CapacityJobOptions): CapacityJob {
  const lease = createJobLease({ db: parts.db, name: 'capacity', holder, forMs: leaseMs })
  let timers: ReturnType<typeof setInterval>[] = []
  let running: Promise<void> | null = null
  let leased = false

  function sample(): void {
    const provisioned = [...parts.catalog().deployments.values()].filter(({ capacity }) => capacity?.ptu)
    utilization.sample(
      provisioned.map(({ id }) => id),
      parts.clock.nowMs(),
    )
  }

  async function lookIfLeased(): Promise<void> {
    sample()
    leased = await lease.take()
    if (leased && !parts.stopping.signal.aborted) await lookAtCapacities(parts)
  }

  function look(): Promise<void> {
    running ??= lookIfLeased().finally(() => {
      running = null
    })
    return running
  }

  const lookAndLog = () => {
    look().catch((cause: unknown) =>
      parts.log.error({ cause: safeCause(cause) }, 'looking at the capacities failed; it is tried again'),
    )
  }

  return {
    look,
    start() {
      if (timers.length > 0) return
      timers = [setInterval(lookAndLog, lookEveryMs), setInterval(sample, sampleEveryMs)]
      for (const timer of timers) timer.unref()
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      await running?.catch(() => undefined)
      if (leased) await lease.release()
    },
  }
}
