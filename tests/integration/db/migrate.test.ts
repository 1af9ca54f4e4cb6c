import { readFile } from 'node:fs/promises'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { describe, expect, it } from 'vitest'
import * as access from '#schema/access'
import * as alerts from '#schema/alerts'
import * as audit from '#schema/audit'
import * as configuration from '#schema/configuration'
import * as costs from '#schema/costs'
import * as deployments from '#schema/deployments'
import * as experiments from '#schema/experiments'
import * as gateway from '#schema/gateway'
import * as jobs from '#schema/jobs'
import * as migration from '#schema/migration'
import * as models from '#schema/models'
import * as quotas from '#schema/quotas'
import * as reconciliations from '#schema/reconciliations'
import * as recovery from '#schema/recovery'
import * as resilience from '#schema/resilience'
import * as rollouts from '#schema/rollouts'
import * as telemetry from '#schema/telemetry'
import * as traffic from '#schema/traffic'
import { databaseVersion, migrate, programVersion } from '#server/db/migrate'
import { dropPartitionsBefore, ensurePartitions, listPartitions } from '#server/db/partitions'
import { describeOnDatabases } from '#tests/support/databases'

const migrations = new URL('../../../drizzle/migrations/', import.meta.url)
const novemberMs = Date.UTC(2026, 10, 23)

async function readJournal(): Promise<{ idx: number }[]> {
  const text = await readFile(new URL('meta/_journal.json', migrations), 'utf8')
  return (JSON.parse(text) as { entries: { idx: number }[] }).entries
}

describe('migrations', () => {
  it('say what the schema says', async () => {
    const last = String((await readJournal()).at(-1)?.idx ?? 0).padStart(4, '0')
    const snapshot = JSON.parse(await readFile(new URL(`meta/${last}_snapshot.json`, migrations), 'utf8'))
    const schema = {
      ...access,
      ...alerts,
      ...audit,
      ...configuration,
      ...costs,
      ...deployments,
      ...experiments,
      ...gateway,
      ...jobs,
      ...migration,
      ...models,
      ...quotas,
      ...resilience,
      ...telemetry,
      ...traffic,
      ...reconciliations,
      ...recovery,
      ...rollouts,
    }
    const wanted = generateDrizzleJson(schema, snapshot.id, undefined, 'snake_case')
    expect(await generateMigration(snapshot, wanted)).toEqual([])
  })

  it('partition the tables that grow', async () => {
    const sql = await readFile(new URL('0000_foundation.sql', migrations), 'utf8')
    for (const table of ['ledger_entries', 'attempts']) {
      const statement = sql.slice(sql.indexOf(`CREATE TABLE "${table}"`)).split(';')[0]
      expect(statement).toContain('PARTITION BY RANGE ("started_at")')
      expect(sql).toContain(`CREATE TABLE "${table}_default" PARTITION OF "${table}" DEFAULT`)
    }
  })
})

describeOnDatabases('migrate', (openDb, { openEmpty }) => {
  it('brings an empty database to the program version, again and again', async () => {
    const db = await openDb()
    await migrate(db, Date.now())
    expect(await databaseVersion(db)).toEqual(programVersion())
    const { rows } = await db.pool.query('SELECT count(*)::int AS n FROM drizzle.__drizzle_migrations')
    expect(rows).toEqual([{ n: (await readJournal()).length }])
  })

  it('lets several that start together take turns', async () => {
    const db = await openEmpty()
    // Embedded, the data directory's lock has let in one process already.
    const starters = db.kind === 'embedded' ? 1 : 4
    await Promise.all(Array.from({ length: starters }, () => migrate(db, Date.now())))
    expect(await databaseVersion(db)).toEqual(programVersion())
  })

  it('refuses a database that a newer program has migrated', async () => {
    const db = await openEmpty()
    await migrate(db, Date.now())
    const future = programVersion().createdAtMs + 1
    await db.pool.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
      'future',
      future,
    ])
    await expect(migrate(db, Date.now())).rejects.toThrow(/newer program/)
  })
})

describeOnDatabases('partitions', (_openDb, { openEmpty }) => {
  it('cover last month, this one and the next, and take over what waited in the default partition', async () => {
    const db = await openEmpty()
    await migrate(db, Date.UTC(2020, 0, 15))
    const insert = `INSERT INTO attempts (account_id, started_at, request_id, sequence, deployment_id, provider,
      region, model, outcome, offset_ms, duration_ms, input_tokens, output_tokens)
      VALUES ('acc_1', $1, $2, 1, 'd', 'p', 'r', 'm', 'success', 0, 1, 1, 1)`
    await db.pool.query(insert, ['2026-11-30T23:59:59.999Z', 'req_1'])
    await db.pool.query(insert, ['2026-12-01T00:00:00.000Z', 'req_2'])
    await db.pool.query(insert, ['2031-01-01T00:00:00.000Z', 'req_3'])
    await ensurePartitions(db, novemberMs)
    await ensurePartitions(db, novemberMs)
    const { rows } = await db.pool.query(
      'SELECT tableoid::regclass::text AS partition, request_id AS id FROM attempts ORDER BY id',
    )
    expect(rows).toEqual([
      { partition: 'attempts_y2026m11', id: 'req_1' },
      { partition: 'attempts_y2026m12', id: 'req_2' },
      { partition: 'attempts_default', id: 'req_3' },
    ])
    expect(await listPartitions(db, 'ledger_entries')).toContain('ledger_entries_y2026m10')
  })

  it('drop as whole months once every row in them is old', async () => {
    const db = await openEmpty()
    await migrate(db, novemberMs)
    const dropBefore = (beforeMs: number) => dropPartitionsBefore(db, { table: 'attempts', beforeMs })
    expect(await dropBefore(Date.UTC(2026, 10, 1) - 1)).toEqual([])
    expect(await dropBefore(Date.UTC(2026, 10, 1))).toEqual(['attempts_y2026m10'])
    expect(await listPartitions(db, 'attempts')).toEqual([
      'attempts_default',
      'attempts_y2026m11',
      'attempts_y2026m12',
    ])
  })
})
