import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeLedgerLine } from '#lib/costs/ledger-line'
import { createLedgerWriter } from '#server/costs/ledger-writer'
import type { Database } from '#server/db/database'
import { migrate } from '#server/db/migrate'
import { restoreBackup } from '#server/db/restore-backup'
import { writeBackup } from '#server/db/write-backup'
import { systemClock } from '#server/telemetry/clock'
import { describeOnDatabases, openEmbedded } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'
import { testPseudonyms } from '#tests/support/pseudonyms'

const nowMs = Date.UTC(2026, 10, 23, 12)
let directory: string
let file: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'huntaze-backup-'))
  file = join(directory, 'backup.gz')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const save = (db: Database, dataDir = directory) =>
  writeBackup({ db, dataDir, file, programVersion: '1.2.3', nowMs, onProgress: () => {} })
const load = (db: Database, options: { replace?: boolean; dataDir?: string } = {}) =>
  restoreBackup({ db, dataDir: directory, file, replace: false, nowMs, onProgress: () => {}, ...options })

describeOnDatabases('backup', (_openDb, { openEmpty }) => {
  /** Rows of several tables, with values that a careless copy would change. */
  async function filled(): Promise<Database> {
    const db = await openEmpty()
    await migrate(db, nowMs)
    const writer = createLedgerWriter({
      connection: db.connection,
      journalPath: join(directory, 'unused.journal'),
      instanceId: 'ins_1',
      pseudonyms: testPseudonyms,
      clock: systemClock,
      log: { info() {}, error() {} },
      commitTimeoutMs: 10_000,
    })
    const cost = '9223372036854775807'
    await writer.record(aRecord('req_1', { costPicoUsd: cost, creatorId: `\u2028"quoted", 'é' \\ \n` }))
    for (let index = 0; index < 2500; index += 1)
      void writer.record(aRecord(`req_many_${index}`, { costPicoUsd: null }))
    await writer.record(aRecord('req_old', { startedAtMs: Date.UTC(2024, 1, 29) }))
    await writer.close()
    await db.pool.query(`INSERT INTO users (id, name, email) VALUES ('usr_1', 'Ann', 'ann@example.com')`)
    await db.pool.query(
      `INSERT INTO sessions (id, user_id, token, expires_at) VALUES ('ses_1', 'usr_1', 't', '2026-12-01 00:00:00.123456+00')`,
    )
    await db.pool.query(
      `INSERT INTO settings VALUES ('general', '{"a": [1, 2.50, null], "b": 12345678901234567890}', now(), 'usr_1')`,
    )
    await db.pool.query(
      `INSERT INTO api_keys (id, account_id, name, prefix, secret_hash, plan, scopes, created_at, created_by)
       VALUES ('key_1', 'acc_1', 'k', 'htz_', 'hash', 'pro', '{chat,"with, comma"}', now(), 'usr_1')`,
    )
    return db
  }
  async function content(db: Database): Promise<Record<string, string[]>> {
    const tables = [
      'users',
      'sessions',
      'settings',
      'api_keys',
      'ledger_entries',
      'attempts',
      'usage_days',
      'usage_months',
      'route_rollups',
      'creator_rollups',
      'traffic_rollups',
      'latency_rollups',
    ]
    const result: Record<string, string[]> = {}
    for (const table of tables) {
      const { rows } = await db.pool.query<{ row: string }>(
        `SELECT t::text AS row FROM ${table} t ORDER BY 1`,
      )
      result[table] = rows.map(({ row }) => row)
    }
    return result
  }

  it('comes back as it was, to the last digit, in an empty database', async () => {
    const source = await filled()
    const summary = await save(source)
    expect(summary.end.rows).toMatchObject({ ledger_entries: 2502, attempts: 2502, users: 1, invites: 0 })
    const target = await openEmpty()
    await load(target)
    expect(await content(target)).toEqual(await content(source))
    expect(await readdir(directory)).not.toContain('backup.gz.partial')
  })

  it('goes from one kind of database to the other', async () => {
    const source = await filled()
    await save(source)
    const other = await openEmbedded()
    try {
      await load(other.db)
      expect(await content(other.db)).toEqual(await content(source))
    } finally {
      await other.dispose()
    }
  })

  it('replaces what is there only when told to', async () => {
    const source = await filled()
    await save(source)
    const target = await openEmpty()
    await migrate(target, nowMs)
    await target.pool.query(`INSERT INTO users (id, name, email) VALUES ('usr_2', 'Bob', 'bob@example.com')`)
    await expect(load(target)).rejects.toThrow(/not empty \(users has rows\); use --replace/)
    await load(target, { replace: true })
    expect(await content(target)).toEqual(await content(source))
  })

  it('takes the pending journal along', async () => {
    const db = await openEmpty()
    await migrate(db, nowMs)
    const record = encodeLedgerLine(aRecord('req_pending'))
    await writeFile(join(directory, 'ledger.journal'), `${record}\n{"id":"req_torn`)
    expect((await save(db)).end.journalRecords).toBe(1)
    const target = await openEmpty()
    const dataDir = join(directory, 'restored')
    await load(target, { dataDir })
    expect(await readFile(join(dataDir, 'ledger.journal'), 'utf8')).toBe(`${record}\n`)
  })

  it('is consistent: what is written meanwhile is not in it', async () => {
    const source = await filled()
    // One session cannot write while it reads; on Postgres the snapshot has to hold.
    if (source.kind === 'embedded') return
    let disturbed = false
    const summary = await writeBackup({
      db: source,
      dataDir: directory,
      file,
      programVersion: '1.2.3',
      nowMs,
      onProgress: () => {
        if (!disturbed)
          void source.pool.query('DELETE FROM settings; DELETE FROM usage_days; DELETE FROM users')
        disturbed = true
      },
    })
    expect(summary.end.rows).toMatchObject({ users: 1, sessions: 1, settings: 1 })
  })
})

describe('a backup that cannot be used', () => {
  it('is refused before anything is touched', async () => {
    const { db, dispose } = await openEmbedded()
    try {
      await expect(save(db)).rejects.toThrow(/never used/)
      await migrate(db, nowMs)
      await db.pool.query(`INSERT INTO users (id, name, email) VALUES ('usr_1', 'Ann', 'ann@example.com')`)
      await save(db)
      await expect(save(db)).rejects.toThrow(/exists already/)
      const whole = await readFile(file)
      const text = gunzipSync(whole).toString('utf8')

      const spoil = async (bytes: Buffer) => {
        await writeFile(file, bytes)
        return expect(load(db, { replace: true })).rejects
      }
      await (await spoil(whole.subarray(0, whole.length - 20))).toThrow(/not a whole backup/)
      await (await spoil(gzipSync(text.replace('"Ann"', '"Eve"')))).toThrow(/counts and checksum/)
      await (await spoil(gzipSync(text.slice(0, text.lastIndexOf('\nE') + 1)))).toThrow(/ends too early/)
      await (await spoil(gzipSync('hello\n'))).toThrow(/does not begin like one/)
      await (await spoil(Buffer.from('not even gzip'))).toThrow(/not a whole backup/)
      await expect(load(db, { replace: true })).rejects.toThrow()
      const { rows } = await db.pool.query('SELECT name FROM users')
      expect(rows).toEqual([{ name: 'Ann' }])
    } finally {
      await dispose()
    }
  })

  it('is refused when a newer program took it', async () => {
    const { db, dispose } = await openEmbedded()
    try {
      await migrate(db, nowMs)
      await db.pool.query(
        `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', 9999999999999)`,
      )
      await save(db)
      await expect(load(db, { replace: true })).rejects.toThrow(/newer program \(version 1\.2\.3/)
    } finally {
      await dispose()
    }
  })
})

describe('npm run backup and restore', () => {
  const run = promisify(execFile)
  const cli = (name: string, args: string[], dataDir: string) =>
    run(process.execPath, [`server/cli/${name}.ts`, ...args], {
      env: { ...process.env, DATABASE_URL: '', HUNTAZE_DATA_DIR: dataDir },
    })

  it('refuse while the program runs, and work when it is stopped', async () => {
    const { db, dataDir, dispose } = await openEmbedded()
    try {
      await migrate(db)
      await db.pool.query(`INSERT INTO users (id, name, email) VALUES ('usr_1', 'Ann', 'ann@example.com')`)
      await expect(cli('backup', [file], dataDir)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`is in use by process ${process.pid}; stop it`),
      })
      await db.close()
      expect((await cli('backup', [file], dataDir)).stderr).toMatch(
        /users: 1 rows[\s\S]*1 rows, 0 journal records/,
      )
      const target = join(directory, 'target')
      expect((await cli('restore', [file], target)).stderr).toContain('restored 1 rows')
      await expect(cli('restore', [file], target)).rejects.toMatchObject({
        stderr: expect.stringContaining('--replace'),
      })
      await expect(cli('backup', [], dataDir)).rejects.toMatchObject({
        stderr: expect.stringContaining('usage:'),
      })
    } finally {
      await dispose()
    }
  })
})
