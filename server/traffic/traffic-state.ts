import { applyOrders, type LocalOrder } from '#lib/traffic/apply-orders'
import {
  catalogTraffic,
  type TrafficConfig,
  type TrafficShare,
  type TrafficSwitch,
} from '#lib/traffic/traffic-config'
import type { Database } from '#server/db/database'
import type { Clock } from '#server/telemetry/clock'
import { readShares } from '#server/traffic/read-shares'
import { readRecentReturns, readSwitches } from '#server/traffic/switch-store'

/** Where traffic is meant to go, in memory for every request; read anew whenever the configuration version rises. */
export interface TrafficState {
  current(): TrafficConfig
  /** Switches taken back a short while ago whose first request by Azure nobody has seen; `sinceMs` is the return. */
  returned(): readonly TrafficSwitch[]
  /** Reads the switches alone: they hold before anything else of a new configuration is read. */
  reloadSwitches(): Promise<void>
  /** Reads what stands in the database for this configuration version; what was known stays when that fails. */
  reload(version: number): Promise<void>
  /** Orders that hold at this instance on top of the database's switches. */
  setOrders(orders: readonly LocalOrder[]): void
}

export interface TrafficStateOptions {
  db: Pick<Database, 'orm'>
  clock: Pick<Clock, 'nowMs'>
  /** Requests obey another configuration from now on. */
  onObeyed(): void
}

export function createTrafficState({ db, clock, onObeyed }: TrafficStateOptions): TrafficState {
  let stored: readonly TrafficSwitch[] = []
  let returned: readonly TrafficSwitch[] = []
  let orders: readonly LocalOrder[] = []
  let config = catalogTraffic

  function put(version: number, shares: readonly TrafficShare[]): void {
    const knownIds = new Set([...stored, ...returned].map(({ id }) => id))
    config = { version, switches: applyOrders({ switches: stored, knownIds }, orders), shares }
  }

  async function reloadSwitches(): Promise<void> {
    const [switches, returns] = await Promise.all([readSwitches(db), readRecentReturns(db)])
    stored = switches
    returned = returns
    put(config.version, config.shares)
  }

  return {
    current: () => config,
    returned: () => returned,
    reloadSwitches,
    async reload(version) {
      const [shares] = await Promise.all([readShares(db, clock.nowMs()), reloadSwitches()])
      put(version, shares)
      onObeyed()
    },
    setOrders(changed) {
      orders = changed
      put(config.version, config.shares)
      onObeyed()
    },
  }
}
