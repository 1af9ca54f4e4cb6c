import { catalogTraffic, type TrafficConfig } from '#lib/traffic/traffic-config'
import type { Database } from '#server/db/database'
import type { Clock } from '#server/telemetry/clock'
import { readShares } from '#server/traffic/read-shares'
import { readSwitches } from '#server/traffic/switch-store'

/** Where traffic is meant to go, in memory for every request; read anew whenever the configuration version rises. */
export interface TrafficState {
  current(): TrafficConfig
  /** Reads what stands in the database for this configuration version; what was known stays when that fails. */
  reload(version: number): Promise<void>
}

export function createTrafficState(db: Pick<Database, 'orm'>, clock: Clock): TrafficState {
  let config = catalogTraffic
  return {
    current: () => config,
    async reload(version) {
      const [switches, shares] = await Promise.all([readSwitches(db), readShares(db, clock.nowMs())])
      config = { version, switches, shares }
    },
  }
}
