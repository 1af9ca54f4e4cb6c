import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { type MigrationVersion, migrate, migrateTo } from '#server/db/migrate'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const migrations = new URL('../../../drizzle/migrations/', import.meta.url)
const migration = new URL('0004_cost_rollups.sql', migrations)
const dayMs = 86_400_000
const startMs = Date.UTC(2026, 9, 20)

const records = Array.from({ length: 120 }, (_, index) =>
  aRecord(`req_${index}`, {
    accountId: `acc_${index % 3}`,
    startedAtMs: startMs + index * 8_000_000,
    creatorId: index % 4 === 0 ? null : `cr_${index % 4}`,
    operation: index % 2 === 0 ? 'chat' : 'sales',
    outcome: index % 9 === 0 ? 'cut' : 'success',
    usage: {
      inputTokens: 90 + index,
      cachedInputTokens: 10,
      cacheWriteTokens: 5,
      outputTokens: index,
      reasoningTokens: index % 5,
      source: index % 9 === 0 ? 'estimated' : 'provider',
    },
    costPicoUsd: index % 13 === 0 ? null : String(10n ** 15n + BigInt(index)),
  }),
)

describeOnDatabases('cost roll-ups', (_openDb, { openEmpty }) => {
  it('come out of the migration as the ledger statement would have written them', async () => {
    const db = await openEmpty()
    await migrate(db, startMs + 10 * dayMs)
    await bookInto(db, records)
    const content = async () =>
      (
        await db.pool.query<{ row: string }>(
          `SELECT r::text AS row FROM route_rollups r UNION ALL SELECT c::text FROM creator_rollups c
           UNION ALL SELECT d::text FROM usage_days d ORDER BY 1`,
        )
      ).rows.map(({ row }) => row)
    const written = await content()
    await db.pool.query('TRUNCATE route_rollups, creator_rollups')
    await db.pool.query('UPDATE usage_days SET cache_write_tokens = 0, reasoning_tokens = 0, estimated = 0')
    const statements = (await readFile(migration, 'utf8')).split('--> statement-breakpoint')
    for (const statement of statements.filter((text) => /^\s*(--.*\n)?(INSERT|UPDATE)/.test(text)))
      await db.pool.query(statement)
    expect(await content()).toEqual(written)
    expect(written.length).toBeGreaterThan(300)
  })

  it('are kept, and added up to months, when they get a table for each grain', async () => {
    const db = await openEmpty()
    await migrateTo(db, await versionBefore('usage_months'))
    const route = `'chat', 'premium', 'azure-openai', 'we-premium', 'gpt-4'`
    const measures = '3, 1, 1, 0, 900, 90, 9, 300, 30, 5000000000000000000'
    await db.pool.query(
      `INSERT INTO usage_days (account_id, day, creator_id, operation, tier, provider, deployment_id, model, requests, errors,
         unpriced, estimated, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_pico_usd)
       SELECT 'acc_1', day::date, '', ${route}, ${measures}
       FROM generate_series('2026-10-30'::timestamp, '2026-11-02', '1 day') AS day`,
    )
    for (const grain of ['minute', 'hour', 'day'])
      await db.pool.query(
        `INSERT INTO route_rollups SELECT 'acc_1', '${grain}', '2026-11-02T10:00Z', ${route}, ${measures}`,
      )
    for (const grain of ['minute', 'hour', 'day', 'month'])
      await db.pool.query(
        `INSERT INTO creator_rollups SELECT 'acc_1', '${grain}', '2026-11-02T10:00Z', 'cr_1', ${measures}`,
      )
    const rows = async () =>
      (
        await db.pool.query<{ row: string }>(
          'SELECT r::text AS row FROM route_rollups r UNION ALL SELECT c::text FROM creator_rollups c ORDER BY 1',
        )
      ).rows
    const before = await rows()
    await migrate(db, startMs)
    expect(await rows()).toEqual(before)
    const { rows: grains } = await db.pool.query(
      `SELECT tableoid::regclass::text AS "table", grain FROM route_rollups
       UNION ALL SELECT tableoid::regclass::text, grain FROM creator_rollups`,
    )
    expect(grains.map(({ table, grain }) => table.endsWith(`_${grain}`))).toEqual(grains.map(() => true))
    const months = await db.pool.query(
      'SELECT month::text, requests::int, output_tokens::int, cost_pico_usd::text FROM usage_months ORDER BY month',
    )
    const twice = { requests: 6, output_tokens: 600, cost_pico_usd: '10000000000000000000' }
    expect(months.rows).toEqual([
      { month: '2026-10-01', ...twice },
      { month: '2026-11-01', ...twice },
    ])
  })
})

/** The migration before the one with that name, as the journal says. */
async function versionBefore(name: string): Promise<MigrationVersion> {
  const text = await readFile(new URL('meta/_journal.json', migrations), 'utf8')
  const { entries } = JSON.parse(text) as { entries: { tag: string; when: number }[] }
  const place = entries.findIndex(({ tag }) => tag.endsWith(`_${name}`))
  const before = entries[place - 1]
  if (!before) throw new Error(`there is no migration before ${name}`)
  return { name: before.tag, createdAtMs: before.when }
}
