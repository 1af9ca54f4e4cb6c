import { expect, it } from 'vitest'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

describeOnDatabases('P33: audit entries of AI operations', (openDb) => {
  it('are one for each, however it ended and however often it is booked', async () => {
    const db = await openDb()
    const success = aRecord('req_1', { creatorId: 'cr "1", \\', correlationId: 'cor_1' })
    const records = [
      success,
      aRecord('req_2', { outcome: 'cancelled', creatorId: null, apiKeyId: null, costPicoUsd: null }),
      aRecord('req_3', { outcome: 'error', kind: 'embeddings', creatorId: 'cr "1", \\', apiKeyId: 'usr_1' }),
    ]
    await bookInto(db, records)
    await bookInto(db, records)
    const { rows } = await db.pool.query<Record<string, unknown>>(
      'SELECT * FROM audit_entries ORDER BY resource',
    )
    expect(rows).toMatchObject([
      {
        account_id: 'acc_1',
        at: new Date(success.startedAtMs),
        action: 'ai.chat',
        outcome: 'success',
        actor: expect.stringMatching(/^sub_/),
        subject: expect.stringMatching(/^sub_/),
        resource: 'req_1',
        correlation_id: 'cor_1',
        model: 'gpt-4-turbo',
        input_tokens: 100,
        output_tokens: 50,
        cost_pico_usd: '2500000000',
        before: null,
        after: null,
        reason: null,
      },
      { action: 'ai.chat', outcome: 'cancelled', actor: null, subject: null, cost_pico_usd: null },
      { action: 'ai.embeddings', outcome: 'error', actor: expect.stringMatching(/^sub_/) },
    ])
    expect(rows[2]?.subject).toBe(rows[0]?.subject)
    expect(rows[2]?.actor).not.toBe(rows[0]?.actor)
    const subjects = await db.pool.query<{ lookup: string }>('SELECT lookup FROM audit_subjects')
    const kinds = subjects.rows.map(({ lookup }) => lookup.split(':')[0])
    expect(kinds.toSorted()).toEqual(['api_key', 'creator', 'user'])
    expect(JSON.stringify([rows, subjects.rows])).not.toMatch(/cr \\"1|key_1|usr_1/)
  })
})
