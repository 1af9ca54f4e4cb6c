import type { Server } from 'node:http'
import type { Container } from '#server/create-container'

/**
 * Stops in order: no new connections and no new requests, running answers get `limitMs` to end, what is left is cut
 * with a typed error, the ledger is drained, everything is released.
 */
export async function stopGracefully(server: Server, container: Container, limitMs: number): Promise<void> {
  container.shutdown.abort()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  await waitUntilIdle(container, limitMs)
  for (const run of container.gateway.running) run.abort('shutdown')
  await container.ledger.drain()
  const force = setTimeout(() => server.closeAllConnections(), 1000)
  await closed
  clearTimeout(force)
  await container.close()
}

function waitUntilIdle(container: Container, limitMs: number): Promise<void> {
  const { running } = container.gateway
  const { clock } = container
  const endMs = clock.monotonicMs() + limitMs
  return new Promise((resolve) => {
    const check = () => {
      if (running.size === 0 || clock.monotonicMs() >= endMs) resolve()
      else setTimeout(check, 25)
    }
    check()
  })
}
