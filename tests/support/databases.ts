import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, afterEach, describe } from 'vitest'
import type { Database } from '#server/db/database'
import { migrate } from '#server/db/migrate'
import { openDatabase } from '#server/db/open-database'

const adminUrl = process.env.HUNTAZE_TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const templateDir = fileURLToPath(
  new URL('../../node_modules/.cache/huntaze-tests/pgdata-0.5.14', import.meta.url),
)
const openMs = 60_000

export interface DatabaseKind {
  kind: Database['kind']
  /** Opens a fresh database of this kind that is not migrated; it is closed and removed when the test ends. */
  openEmpty(): Promise<Database>
}

/**
 * Runs a suite on PGlite, and on Postgres where one answers (`HUNTAZE_TEST_DATABASE_URL`, else the standard port);
 * otherwise that half is skipped and says why. `openDb` opens the suite's own migrated database once and returns
 * the same one afterwards; it is closed and removed when the suite ends.
 */
export function describeOnDatabases(
  name: string,
  define: (openDb: () => Promise<Database>, kind: DatabaseKind) => void,
): void {
  describe(`${name} (PGlite)`, () => defineSuite({ kind: 'embedded', open: openEmbedded }, define))
  const refusal = postgresRefusal
  if (refusal) {
    describe.skip(`${name} (Postgres: skipped, ${refusal})`, () =>
      defineSuite({ kind: 'postgres', open: openPostgres }, define))
    return
  }
  describe(`${name} (Postgres)`, () => defineSuite({ kind: 'postgres', open: openPostgres }, define))
}

interface Opened {
  db: Database
  dispose(): Promise<void>
}

function defineSuite(
  source: { kind: Database['kind']; open: () => Promise<Opened> },
  define: (openDb: () => Promise<Database>, kind: DatabaseKind) => void,
): void {
  const ofTest: Opened[] = []
  let ofSuite: Promise<Opened> | undefined
  const openEmpty = async () => {
    const opened = await source.open()
    ofTest.push(opened)
    return opened.db
  }
  const openDb = async () => {
    ofSuite ??= source.open().then(async (opened) => {
      await migrate(opened.db, Date.now())
      return opened
    })
    return (await ofSuite).db
  }
  afterEach(async () => {
    for (const opened of ofTest.splice(0)) await opened.dispose()
  }, openMs)
  afterAll(async () => (await ofSuite)?.dispose(), openMs)
  define(openDb, { kind: source.kind, openEmpty })
}

/** A PGlite in a directory of its own. Starts from a copy, because creating one from nothing takes seconds. */
export async function openEmbedded(): Promise<Opened & { dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'huntaze-test-'))
  await copyTemplate(dataDir)
  const db = await openDatabase({ databaseUrl: null, dataDir })
  return {
    db,
    dataDir,
    async dispose() {
      await db.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Puts an empty PGlite into a data directory. */
export async function copyTemplate(dataDir: string): Promise<void> {
  await ensureTemplate()
  await cp(templateDir, join(dataDir, 'pgdata'), { recursive: true })
}

async function ensureTemplate(): Promise<void> {
  if (await stat(templateDir).catch(() => null)) return
  await mkdir(dirname(templateDir), { recursive: true })
  const draft = await mkdtemp(join(dirname(templateDir), 'draft-'))
  const db = await openDatabase({ databaseUrl: null, dataDir: draft })
  await db.close()
  // Test files run in parallel: whoever is second finds the first one's template, which is as good.
  await rename(join(draft, 'pgdata'), templateDir).catch(async (error: unknown) => {
    if (!(await stat(templateDir).catch(() => null))) throw error
  })
  await rm(draft, { recursive: true, force: true })
}

/** A scratch database on the machine's Postgres. */
export async function openPostgres(): Promise<Opened & { databaseUrl: string }> {
  const name = `huntaze_test_${randomBytes(6).toString('hex')}`
  await asAdmin((client) => client.query(`CREATE DATABASE ${name}`))
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const db = await openDatabase({ databaseUrl: url.href, dataDir: '' })
  return {
    db,
    databaseUrl: url.href,
    async dispose() {
      await db.close()
      await asAdmin((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    },
  }
}

async function asAdmin(work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** Why Postgres tests cannot run; null when they can. */
export const postgresRefusal: string | null = await asAdmin((client) => client.query('SELECT 1')).then(
  () => null,
  (error: NodeJS.ErrnoException) =>
    `no Postgres at ${new URL(adminUrl).host}: ${error.code ?? error.message}`,
)
