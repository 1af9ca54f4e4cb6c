import { setTimeout as delay } from 'node:timers/promises'
import { type GatewayState, readGatewayState } from '#bench/servers/gateway-probe'
import { probeSocket } from '#bench/servers/headless-gateway'
import { countOpenHandles, type OpenHandles, readResidentMib } from '#bench/servers/read-process-usage'
import { readUpstreamState } from '#bench/servers/upstream-state'

/** A gateway that nobody asks. */
export interface RestState extends GatewayState {
  readonly open: OpenHandles
  readonly residentMib: number
  /** Connections from the gateway that the upstreams still have open. */
  readonly upstreamSockets: number
}

export interface Resting {
  readonly pid: number
  readonly directory: string
  readonly upstreamOrigins: readonly string[]
}

/** Longer than a request can take and the gateway keeps an idle socket. */
const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 500

async function look({ pid, directory, upstreamOrigins }: Resting): Promise<RestState> {
  const upstreams = await Promise.all(upstreamOrigins.map(readUpstreamState))
  const state = await readGatewayState(probeSocket(directory))
  return {
    ...state,
    open: countOpenHandles(pid),
    residentMib: readResidentMib(pid),
    upstreamSockets: upstreams.reduce((sum, { sockets }) => sum + sockets, 0),
  }
}

/** Requests, attempts, places and waiting requests that a gateway holds. */
export function countHeld({ running, deployments }: GatewayState): number {
  return deployments.reduce(
    (sum, { inFlight, places, queued }) => sum + Math.abs(inFlight) + Math.abs(places) + Math.abs(queued),
    running,
  )
}

/** Waits until nothing is held and no socket to an upstream is open; after a minute, what there is then. */
export async function awaitRest(resting: Resting): Promise<RestState> {
  const endAt = performance.now() + PATIENCE_MS
  for (;;) {
    const state = await look(resting)
    const isAtRest = countHeld(state) === 0 && state.upstreamSockets === 0
    if (isAtRest || performance.now() > endAt) return state
    await delay(LOOK_EVERY_MS)
  }
}
