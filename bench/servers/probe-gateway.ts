/**
 * Preload (`node --import`) for a gateway under test: answers on the unix socket PROBE_SOCKET with its `GatewayState`.
 * It does nothing while it is not asked.
 */
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { GatewayState } from '#bench/servers/gateway-probe'
import { getContainer } from '../../server/container.ts'

function countResources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

function collect(): void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  if (typeof gc === 'function') gc()
}

async function readState(): Promise<GatewayState> {
  const { gateway } = await getContainer()
  collect()
  return {
    resources: countResources(),
    liveHeapMib: process.memoryUsage().heapUsed / 2 ** 20,
    running: gateway.running.size,
    deployments: [...gateway.catalog().deployments.keys()].map((id) => {
      const { inFlight: places, queued } = gateway.bulkheads.read(id)
      return { id, inFlight: gateway.gauges.read(id).inFlight, places, queued }
    }),
  }
}

const socketPath = process.env.PROBE_SOCKET
if (socketPath === undefined) throw new Error('PROBE_SOCKET is not set')

// An earlier run in the same directory left its socket there.
rmSync(socketPath, { force: true })
createServer((_request, response) => {
  readState().then(
    (state) => response.writeHead(200, { connection: 'close' }).end(JSON.stringify(state)),
    (error: unknown) => response.writeHead(500, { connection: 'close' }).end(String(error)),
  )
})
  .listen(socketPath)
  .unref()
