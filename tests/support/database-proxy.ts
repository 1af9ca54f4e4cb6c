import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseConnection } from '#server/db/database'

/** Stands between a client and the database, and fails on request. */
export interface DatabaseProxy {
  /** Connection settings that lead through the proxy. */
  connection: DatabaseConnection
  /** Bytes stop flowing, both ways; connections stay. */
  pause(): void
  resume(): void
  /** Answers of the database stop flowing; what the client sends still arrives. */
  pauseAnswers(): void
  /** Ends every connection and refuses new ones until `restore`. */
  cut(): void
  restore(): void
  /** Ends every connection once. */
  dropConnections(): void
  close(): Promise<void>
}

export async function startDatabaseProxy(target: DatabaseConnection): Promise<DatabaseProxy> {
  const pairs = new Set<{ client: Socket; upstream: Socket }>()
  let refusing = false
  let paused: 'no' | 'answers' | 'both' = 'no'

  const apply = ({ client, upstream }: { client: Socket; upstream: Socket }) => {
    if (paused === 'both') client.pause()
    else client.resume()
    if (paused === 'no') upstream.resume()
    else upstream.pause()
  }
  const server = createServer((client) => {
    if (refusing) return void client.destroy()
    const upstream = connectTo(target)
    const pair = { client, upstream }
    pairs.add(pair)
    client.on('data', (data) => upstream.write(data))
    upstream.on('data', (data) => client.write(data))
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => one.destroy())
      one.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
    apply(pair)
  })
  const dropConnections = () => {
    for (const { client, upstream } of pairs) {
      client.destroy()
      upstream.destroy()
    }
  }
  const setPaused = (state: typeof paused) => {
    paused = state
    for (const pair of pairs) apply(pair)
  }
  const { connection, dispose } = await listen(server, target)
  return {
    connection,
    pause: () => setPaused('both'),
    resume: () => setPaused('no'),
    pauseAnswers: () => setPaused('answers'),
    cut() {
      refusing = true
      dropConnections()
    },
    restore() {
      refusing = false
    },
    dropConnections,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        dropConnections()
      })
      await dispose()
    },
  }
}

function connectTo(target: DatabaseConnection): Socket {
  if (target.host) return connect(join(target.host, '.s.PGSQL.5432'))
  const url = new URL(target.connectionString ?? '')
  return connect(Number(url.port || 5432), url.hostname)
}

async function listen(
  server: ReturnType<typeof createServer>,
  target: DatabaseConnection,
): Promise<{ connection: DatabaseConnection; dispose: () => Promise<void> }> {
  if (target.host) {
    const host = await mkdtemp(join(tmpdir(), 'huntaze-proxy-'))
    await new Promise<void>((resolve) => server.listen(join(host, '.s.PGSQL.5432'), resolve))
    return { connection: { ...target, host }, dispose: () => rm(host, { recursive: true, force: true }) }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(target.connectionString ?? '')
  url.host = `127.0.0.1:${typeof address === 'object' && address ? address.port : ''}`
  return { connection: { connectionString: url.href }, dispose: async () => {} }
}
