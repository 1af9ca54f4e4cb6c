import { formatMs } from '#components/ui/format-duration'
import type { SwitchView } from '#lib/contracts/traffic'

type Fleet = NonNullable<SwitchView['thrown']['fleet']>

/** `3/3 instances on version 42 after 0.4 s`, as far as it is known. */
export function describeFleet({ fleet, version }: { fleet: Fleet | null; version: number }): string {
  if (!fleet) return `version ${version}, nobody waited for the instances`
  const { acknowledged, instances, afterMs } = fleet
  const words = `${acknowledged}/${instances} ${instances === 1 ? 'instance' : 'instances'} on version ${version}`
  return acknowledged === instances
    ? `${words} after ${formatMs(afterMs)}`
    : `${words} within ${formatMs(afterMs)}`
}
