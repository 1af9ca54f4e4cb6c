import { Client } from 'undici'

/** What a gateway's process holds at one moment, seen from inside. */
export interface GatewayState {
  /** Kinds of resources that keep its event loop busy (`process.getActiveResourcesInfo`), with their number. */
  readonly resources: Readonly<Record<string, number>>
  /** Live memory of its main thread after a full collection, MiB. */
  readonly liveHeapMib: number
  /** Requests under way. */
  readonly running: number
  readonly deployments: readonly {
    readonly id: string
    /** Attempts under way by the gauges. */
    readonly inFlight: number
    /** Places taken and requests waiting by the bulkhead. */
    readonly places: number
    readonly queued: number
  }[]
}

/** Asks the probe that listens on `socketPath`. */
export async function readGatewayState(socketPath: string): Promise<GatewayState> {
  const client = new Client('http://localhost', { socketPath })
  try {
    const answer = await client.request({ method: 'GET', path: '/' })
    if (answer.statusCode !== 200) throw new Error(`the probe answered ${await answer.body.text()}`)
    return (await answer.body.json()) as GatewayState
  } finally {
    await client.close()
  }
}
