import type { Sealer } from '#server/audit/sealer'
import type { JobLease } from '#server/jobs/job-lease'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'

/** Seals on one instance among many, soon after entries come; idle when none do. */
export interface SealerRun {
  /** Entries came. */
  wake(): void
  start(): void
  /** Whether this instance seals. */
  leads(): boolean
  /** Seals what is there and gives the lease back. */
  close(): Promise<void>
}

/** The lease outlives three failed renewals, and is taken over within so long when its holder is gone. */
export const sealerLeaseMs = 3_000
const renewMs = 1_000
const passMs = 300

export function runSealer(options: {
  sealer: Sealer
  lease: JobLease
  /** Other instances write too, of whose entries only the database knows. */
  shared: boolean
  clock: Clock
  log: Pick<Log, 'error'>
  onSealed: () => void
}): SealerRun {
  const { sealer, lease, shared, clock, log } = options
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<unknown> = Promise.resolve()
  let leading = false
  let askedMs = Number.NEGATIVE_INFINITY
  let failing = false
  let closed = false

  async function lead(): Promise<boolean> {
    if (clock.monotonicMs() - askedMs < renewMs) return leading
    askedMs = clock.monotonicMs()
    const before = leading
    leading = await lease.take()
    if (leading && !before) sealer.forget()
    return leading
  }

  async function pass(): Promise<boolean> {
    try {
      if (!(await lead())) return shared
      const { sealed, moreToCome } = await sealer.pass()
      if (sealed > 0) options.onSealed()
      failing = false
      return shared || moreToCome || sealed > 0
    } catch (error) {
      if (!failing) log.error({ err: error }, 'the audit log cannot be sealed; trying again')
      failing = true
      sealer.forget()
      return true
    }
  }

  function schedule(): void {
    if (timer !== null || closed) return
    timer = setTimeout(() => {
      timer = null
      running = running.then(pass).then((again) => {
        if (again) schedule()
      })
    }, passMs)
    timer.unref()
  }

  return {
    wake: schedule,
    start: schedule,
    leads: () => leading,
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      await running
      if (!leading) return
      await sealer.pass().catch(() => undefined)
      await lease.release().catch(() => undefined)
    },
  }
}
