import { readSigningKeys } from '#server/audit/signing-keys'
import type { Container } from '#server/create-container'
import { createInstanceReports, type InstanceReports } from '#server/traffic/instance-reports'
import { createLegacyProbes, type LegacyProbes } from '#server/traffic/legacy-probes'
import { createLocalOrders, type LocalOrders } from '#server/traffic/local-orders'
import { openRollouts, type Rollouts } from '#server/traffic/open-rollouts'
import { replayOrder } from '#server/traffic/replay-order'
import { type NoteServed, noteServedRequests } from '#server/traffic/served-requests'
import { createTrafficState, type TrafficState } from '#server/traffic/traffic-state'

/** Where traffic goes beside the catalog, and what proves it: `container.traffic`. */
export interface Traffic {
  state: TrafficState
  reports: InstanceReports
  orders: LocalOrders
  probes: LegacyProbes
  close(): Promise<void>
}

type StateParts = Pick<
  Container,
  | 'db'
  | 'audit'
  | 'configuration'
  | 'instanceId'
  | 'startedAtMs'
  | 'clock'
  | 'log'
  | 'events'
  | 'shutdown'
  | 'migration'
>

/** What planning asks and answers are told to; there before the gateway is. */
export interface OpenedTrafficState {
  state: TrafficState
  reports: InstanceReports
  rollouts: Rollouts
  noteServed: NoteServed
}

/** Reads the switches in force and follows the configuration from then on. */
export async function openTrafficState(parts: StateParts): Promise<OpenedTrafficState> {
  const { db, configuration, instanceId, clock, log, events } = parts
  const state: TrafficState = createTrafficState({ db, clock, onObeyed: () => reports.obeyed() })
  const reports = createInstanceReports({ ...parts, version: () => state.current().version })
  await state.reload(configuration.version())
  const rollouts = openRollouts({
    parts,
    traffic: state.current,
    instanceId,
    shutdown: parts.shutdown.signal,
  })
  configuration.subscribe(async (version) => {
    await state.reloadSwitches()
    await rollouts.obey(version, state.reload)
  })
  reports.start()
  const onNoted = () => events.publish('configuration')
  return { state, reports, rollouts, noteServed: noteServedRequests({ db, state, log, onNoted }) }
}

/** Opens what works beside requests: the rehearsal of the way back, and the switch without a database. */
export function openTraffic(
  parts: Omit<Container, 'traffic' | 'alerts' | 'capacity' | 'models'>,
  { state, reports }: OpenedTrafficState,
): Traffic {
  const { env, configuration, events } = parts
  const probes = createLegacyProbes({
    ...parts,
    everyMinutes: env.HUNTAZE_LEGACY_PROBE_MINUTES,
    dailyCapUsd: env.HUNTAZE_LEGACY_PROBE_DAILY_USD,
  })
  const orders = createLocalOrders({
    ...parts,
    dataDir: env.HUNTAZE_DATA_DIR,
    keys: readSigningKeys(env),
    onChange(changed) {
      state.setOrders(changed)
      events.publish('configuration')
    },
    replay: (order) => replayOrder(parts, order),
    obey: configuration.check,
  })
  probes.start()
  orders.start()
  return {
    state,
    reports,
    orders,
    probes,
    async close() {
      await orders.close()
      await probes.close()
      await reports.close()
    },
  }
}
