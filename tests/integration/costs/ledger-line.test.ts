import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LedgerRecord } from '#lib/costs/ledger-record'
import { openBooks } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { anAttempt, aRecord } from '#tests/support/ledger-records'

/** Texts that quoting could break on: quotes, backslashes, braces, commas, what looks like null, line breaks, NUL. */
const nasty = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'NULL',
    'null',
    '{}',
    '()',
    '"',
    '\\',
    '\\"',
    '","',
    ')"',
    "'",
    'a,b',
    '\n',
    '\t',
    '\0',
    'é😀',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom('"', '\\', '{', '}', '(', ')', ',', '\n', '\r', ' ', 'x'), { maxLength: 12 })
    .map((parts) => parts.join('')),
)
const kept = (text: string | null) => text?.replaceAll('\0', '\uFFFD').toWellFormed() ?? null
const keptId = (text: string | null) => kept(text)?.replace(/[\r\n]/g, '\uFFFD') ?? null

describeOnDatabases('the ledger’s lines', (openDb) => {
  it('bring every text to its column as it was, whatever is in it', async () => {
    const db = await openDb()
    const books = openBooks(db)
    let number = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(nasty, nasty, fc.option(nasty, { nil: null })), { minLength: 1, maxLength: 8 }),
        async (texts) => {
          const records = texts.map(([id, message, words]): LedgerRecord => {
            number += 1
            return aRecord(`req_${number}`, {
              creatorId: id,
              operation: message.slice(0, 30),
              promptText: words,
              answerText: message,
              planReasons: [{ deploymentId: null, code: 'alias', text: message }],
              attempts: [
                anAttempt({
                  errorMessage: words,
                  providerRequestId: id,
                  outcome: 'error',
                  failureClass: 'reset',
                }),
                anAttempt({
                  deploymentId: 'ne-premium',
                  errorMessage: null,
                  costPicoUsd: null,
                  spanId: 'f067aa0ba902b700',
                  reason: 'fallback',
                  breakerPhase: null,
                }),
              ],
            })
          })
          await books.book(records)
          const ids = records.map(({ id }) => id)
          const entries = await db.pool.query(
            'SELECT * FROM ledger_entries WHERE id = ANY($1) ORDER BY length(id), id',
            [ids],
          )
          const attempts = await db.pool.query(
            'SELECT * FROM attempts WHERE request_id = ANY($1) ORDER BY length(request_id), request_id, sequence',
            [ids],
          )
          for (const [index, record] of records.entries()) {
            expect(entries.rows[index]).toMatchObject({
              id: record.id,
              creator_id: keptId(record.creatorId),
              operation: keptId(record.operation),
              prompt_text: kept(record.promptText),
              answer_text: kept(record.answerText),
              plan_reasons: [{ deploymentId: null, code: 'alias', text: kept(record.answerText) }],
              cost_pico_usd: '2500000000',
              attempts: 2,
              span_id: 'b7ad6b7169203331',
              parent_span_id: null,
              plan_us: 310,
            })
            expect(attempts.rows[index * 2]).toMatchObject({
              sequence: 1,
              error_message: kept(record.promptText),
              provider_request_id: keptId(record.creatorId),
              failure_class: 'reset',
              span_id: '00f067aa0ba902b7',
              reason: 'first',
              breaker_phase: 'closed',
            })
            expect(attempts.rows[index * 2 + 1]).toMatchObject({
              sequence: 2,
              cost_pico_usd: null,
              span_id: 'f067aa0ba902b700',
              reason: 'fallback',
              breaker_phase: null,
            })
          }
        },
      ),
      { numRuns: 150 },
    )
    await books.close()
  })
})
