import type { InstanceView } from '#lib/contracts/traffic'
import type { Container } from '#server/create-container'

const lookEveryMs = 40

/** Whom a change waited for. `afterMs`: from `sinceMs` until the last of those who obeyed was seen to. */
export interface FleetResult {
  acknowledged: number
  instances: number
  afterMs: number
}

/** Waits until every instance that is not silent obeys the version, at most `limitMs`. */
export async function awaitFleet(
  { traffic, clock, shutdown }: Pick<Container, 'traffic' | 'clock' | 'shutdown'>,
  { version, sinceMs, limitMs }: { version: number; sinceMs: number; limitMs: number },
): Promise<FleetResult> {
  for (;;) {
    const instances = await traffic.reports.read()
    const afterMs = Math.round(clock.monotonicMs() - sinceMs)
    const acknowledged = instances.filter((one) => one.version >= version).length
    const isWhole = instances.every((one) => one.version >= version || isSilent(one))
    if (isWhole || afterMs >= limitMs || shutdown.signal.aborted)
      return { acknowledged, instances: instances.length, afterMs }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

function isSilent({ state }: InstanceView): boolean {
  return state === 'silent'
}
