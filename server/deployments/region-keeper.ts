import { advanceRegion, noteProbe } from '#lib/deployments/region-state'
import { probeRegion } from '#server/deployments/probe-region'
import type { KnownRegion, RegionRegistry } from '#server/deployments/region-registry'
import type { JobLease } from '#server/jobs/job-lease'

/** Probes regions that do not serve plainly, and takes them back step by step; on one instance at a time. */
export interface RegionKeeper {
  /** Something moved: begins to look, until all serve again. */
  wake(): void
  close(): Promise<void>
}

const lookEveryMs = 500

export function createRegionKeeper(options: {
  registry: RegionRegistry
  lease: JobLease
  nowMs: () => number
}): RegionKeeper {
  const { registry, lease, nowMs } = options
  const probedAtMs = new Map<string, number>()
  const stopping = new AbortController()
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<void> = Promise.resolve()
  let leased = false

  const unwell = () => registry.all().filter(({ state }) => state.phase !== 'serving')

  async function look(): Promise<void> {
    // Without the database every instance keeps its own regions.
    leased = await lease.take().catch(() => true)
    if (!leased || stopping.signal.aborted) return
    await Promise.all(unwell().map(keep))
  }

  async function keep(region: KnownRegion): Promise<void> {
    const { name, endpoint, policy } = region
    if (nowMs() - (probedAtMs.get(name) ?? 0) >= policy.probeEveryMs) {
      probedAtMs.set(name, nowMs())
      const good = await probeRegion(endpoint, { timeoutMs: policy.probeTimeoutMs, signal: stopping.signal })
      if (stopping.signal.aborted) return
      registry.move(region, noteProbe(region.state, good, nowMs()))
    }
    registry.move(region, advanceRegion(region.state, policy, nowMs()))
  }

  function schedule(): void {
    timer = setTimeout(() => {
      running = look().finally(() => {
        timer = null
        if (!stopping.signal.aborted && unwell().length > 0) schedule()
      })
    }, lookEveryMs)
    timer.unref()
  }

  return {
    wake() {
      if (timer === null && !stopping.signal.aborted && unwell().length > 0) schedule()
    },
    async close() {
      stopping.abort()
      if (timer) clearTimeout(timer)
      await running
      if (leased) await lease.release().catch(() => undefined)
    },
  }
}
