import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool, type PoolClient } from 'pg'
import { lockDataDir } from '#server/db/data-dir-lock'
import type { Database, DatabaseConnection } from '#server/db/database'
import { startEmbeddedServer } from '#server/db/embedded-server'

export interface OpenDatabaseOptions {
  /** Postgres; null opens PGlite in `dataDir`. */
  databaseUrl: string | null
  dataDir: string
  /** Hears of lost connections and of a crash of the embedded database; queries fail until it is back. */
  onError?: (error: Error) => void
}

/** Connections for console and jobs; the ledger has its own. PGlite is one session, so more would only wait. */
const poolSize = { embedded: 4, postgres: 10 }

/**
 * Opens the database without migrating it. Postgres is connected to with the first query; PGlite is started here
 * and holds the lock of its data directory until `close`.
 * @throws Error when another process uses the data directory.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const onError = options.onError ?? (() => {})
  if (options.databaseUrl !== null) {
    const connection = { connectionString: options.databaseUrl }
    const pool = openPool({ connection, max: poolSize.postgres, onError })
    return { kind: 'postgres', orm: drizzle(pool), pool, connection, close: once(() => pool.end()) }
  }
  const lock = await lockDataDir(options.dataDir)
  try {
    const server = await startEmbeddedServer({ pgDataDir: join(options.dataDir, 'pgdata'), onCrash: onError })
    const connection = { host: server.socketDir, user: 'postgres', database: 'postgres' }
    const pool = openPool({ connection, max: poolSize.embedded, onError })
    const close = once(async () => {
      await pool.end()
      await server.close()
      await lock.release()
    })
    return { kind: 'embedded', orm: drizzle(pool), pool, connection, close }
  } catch (error) {
    await lock.release()
    throw error
  }
}

function openPool(options: {
  connection: DatabaseConnection
  max: number
  onError: (error: Error) => void
}): Pool {
  const pool = new Pool({ ...options.connection, max: options.max, application_name: 'huntaze' })
  pool.on('error', options.onError)
  takeBackLost(pool)
  return pool
}

const lostForMs = 1_000

/**
 * A connection that is lost while somebody uses it fails their query; unheard, its error would end the process as well. Who
 * loses it before their transaction began never gives it back (drizzle's `begin` stands before its `finally`), so the pool
 * would miss it for good.
 */
function takeBackLost(pool: Pool): void {
  const taken = new Set<PoolClient>()
  pool.on('acquire', (client) => taken.add(client))
  pool.on('release', (_error, client) => taken.delete(client))
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    client.on('end', () => {
      setTimeout(() => {
        if (taken.has(client)) client.release(true)
      }, lostForMs)
    })
  })
}

/** Closing again waits for the first close. */
function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined
  return () => {
    closed ??= close()
    return closed
  }
}
