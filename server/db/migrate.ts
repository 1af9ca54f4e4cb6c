import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyFiles } from 'drizzle-orm/node-postgres/migrator'
import { Client } from 'pg'
import type { Database } from '#server/db/database'
import { ensurePartitions } from '#server/db/partitions'

/** From the program's root, where every entry point runs: a bundler would take a module-relative address for an import. */
const migrationsFolder = join(process.cwd(), 'drizzle/migrations')
/** Any constant of ours: held while one instance migrates, so that others wait and then find nothing to do. */
const advisoryLockKey = 4_821_733_061

export interface MigrationVersion {
  /** Name of the last migration, e.g. `0003_quotas`; null before the first. */
  name: string | null
  /** Milliseconds since 1970 at which that migration was written; orders migrations. */
  createdAtMs: number
}

/**
 * Brings the database to this program's version and creates the partitions around `nowMs`. Instances that start
 * together take turns.
 * @throws Error when a newer program has migrated the database already.
 */
export async function migrate(db: Database, nowMs: number = Date.now()): Promise<void> {
  if (db.kind === 'embedded') return applyMigrations(db, nowMs)
  const client = new Client(db.connection)
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLockKey])
    await applyMigrations(db, nowMs)
  } finally {
    await client.end()
  }
}

async function applyMigrations(db: Database, nowMs: number): Promise<void> {
  const known = programVersion()
  const present = await databaseVersion(db)
  if (present.createdAtMs > known.createdAtMs) {
    throw new Error(
      `the database was migrated by a newer program (its last migration is not among this program's, which end ` +
        `with ${known.name}); run the newer program, or restore a backup taken before the upgrade`,
    )
  }
  if (present.createdAtMs < known.createdAtMs) await applyFiles(drizzle(db.pool), { migrationsFolder })
  await ensurePartitions(db, nowMs)
}

/**
 * Brings an empty database to the version it had when a backup was taken; `migrate` takes it on from there.
 * @throws Error when this program does not know that version.
 */
export async function migrateTo(db: Database, version: MigrationVersion): Promise<void> {
  const wanted = readJournal().filter((entry) => entry.when <= version.createdAtMs)
  if (wanted.at(-1)?.when !== version.createdAtMs) {
    throw new Error(
      `this program has no migration ${version.name ?? ''} of ${new Date(version.createdAtMs).toISOString()}`,
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'huntaze-migrations-'))
  try {
    await cp(migrationsFolder, folder, { recursive: true })
    const journal = JSON.stringify({ version: '7', dialect: 'postgresql', entries: wanted })
    await writeFile(join(folder, 'meta', '_journal.json'), journal)
    await applyFiles(drizzle(db.pool), { migrationsFolder: folder })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The last migration this program knows. */
export function programVersion(): MigrationVersion {
  const last = readJournal().at(-1)
  return { name: last?.tag ?? null, createdAtMs: last?.when ?? 0 }
}

/** The last migration that was applied to the database; its name is null when this program does not know it. */
export async function databaseVersion(db: Pick<Database, 'pool'>): Promise<MigrationVersion> {
  const table = await db.pool.query<{ name: string | null }>(
    `SELECT to_regclass('drizzle.__drizzle_migrations')::text AS name`,
  )
  if (!table.rows[0]?.name) return { name: null, createdAtMs: 0 }
  const last = await db.pool.query<{ created_at: string }>(
    'SELECT max(created_at)::text AS created_at FROM drizzle.__drizzle_migrations',
  )
  const createdAtMs = Number(last.rows[0]?.created_at ?? 0)
  return { name: readJournal().find((entry) => entry.when === createdAtMs)?.tag ?? null, createdAtMs }
}

function readJournal(): { tag: string; when: number }[] {
  const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8')) as {
    entries: { idx: number; tag: string; when: number; breakpoints: boolean }[]
  }
  return journal.entries
}
