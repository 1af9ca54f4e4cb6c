import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { migrate } from '#server/db/migrate'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const migration = new URL('../../../drizzle/migrations/0004_cost_rollups.sql', import.meta.url)
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
})
