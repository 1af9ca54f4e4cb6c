import fc from 'fast-check'
import { expect, it } from 'vitest'
import { entryText } from '#lib/audit/entry-text'
import { positionOf, readEntryTexts } from '#server/audit/entry-texts'
import { describeOnDatabases } from '#tests/support/databases'

/** What a text column can hold: everything but NUL and halves of surrogate pairs. */
const words = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', '\u0001'))
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const entry = fc.record({
  account: words,
  atMs: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }),
  action: words,
  outcome: words,
  actor: optional(words),
  subject: optional(words),
  resource: words,
  correlation: words,
  model: optional(words),
  input: optional(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
  output: optional(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
  cost: optional(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
  before: optional(words),
  after: optional(words),
  reason: optional(words),
})
const columns = `account_id, at, action, outcome, actor, subject, resource, correlation_id, model, input_tokens,
  output_tokens, cost_pico_usd, before, after, reason`

describeOnDatabases('texts of audit entries', (openDb) => {
  it('P33: the database writes an entry exactly as it is hashed', async () => {
    const db = await openDb()
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 20 }), async (entries) => {
        const rows = entries.map((one) => {
          const fields = Object.values({ ...one, cost: one.cost?.toString() ?? null })
          return fields.map((field) => (field === null ? null : String(field)))
        })
        const values = rows.flatMap(([account, atMs, ...rest]) => [
          account,
          new Date(Number(atMs)).toISOString(),
          ...rest,
        ])
        const places = rows.map(
          (row, at) => `(${row.map((_, field) => `$${at * row.length + field + 1}`).join(', ')})`,
        )
        const inserted = await db.pool.query<{ position: string }>(
          `INSERT INTO audit_entries (${columns}) VALUES ${places.join(', ')} RETURNING position`,
          values,
        )
        const positions = inserted.rows.map(({ position }) => position)
        const upTo = Number(positions.at(-1))
        const found = await readEntryTexts(db.pool, { after: Number(positions[0]) - 1, upTo, limit: 100 })
        expect(found).toEqual(rows.map((row, at) => entryText([positions[at] ?? null, ...row])))
        expect(found.map(positionOf)).toEqual(positions.map(Number))
      }),
      { numRuns: 60 },
    )
  })

  it('are none where there are no entries, and no more than wanted', async () => {
    const db = await openDb()
    expect(await readEntryTexts(db.pool, { after: 1e9, upTo: 2e9, limit: 10 })).toEqual([])
    await db.pool.query(
      `INSERT INTO audit_entries (${columns}) SELECT 'a', now(), 'b', 'c', NULL, NULL, 'd', 'e', NULL, NULL, NULL,
         NULL, NULL, NULL, NULL FROM generate_series(1, 5)`,
    )
    expect(await readEntryTexts(db.pool, { after: 0, upTo: 1e9, limit: 3 })).toHaveLength(3)
  })
})
