import { describe, expect, it } from 'vitest'
import { createPseudonyms } from '#server/audit/pseudonyms'
import { type AuditEntry, createRecordAudit } from '#server/audit/record-audit'
import { ensurePartition } from '#server/db/partitions'
import { describeOnDatabases } from '#tests/support/databases'

const nowMs = Date.parse('2026-05-04T03:02:01.123Z')
const pseudonyms = createPseudonyms(['present-key', 'replaced-key'])
const recordAudit = createRecordAudit({ pseudonyms, nowMs: () => nowMs })

const entry: AuditEntry = {
  action: 'user.update',
  actorId: 'usr_admin',
  resource: 'user',
  subject: { kind: 'user', id: 'usr_other' },
  before: { role: 'viewer', since: new Date(nowMs) },
  after: { role: 'operator', seats: 12n },
  reason: 'asked by mia@example.com',
  correlationId: 'req_1',
}

describeOnDatabases('recordAudit', (openDb) => {
  it('is part of the caller’s transaction', async () => {
    const db = await openDb()
    const failed = db.orm.transaction(async (tx) => {
      await recordAudit(tx, { ...entry, correlationId: 'req_rolled_back' })
      throw new Error('the action failed')
    })
    await expect(failed).rejects.toThrow('the action failed')
    const { rows } = await db.pool.query(`SELECT FROM audit_entries WHERE correlation_id = 'req_rolled_back'`)
    expect(rows).toEqual([])
  })

  it('keeps what changed, and no word that names a person', async () => {
    const db = await openDb()
    await db.orm.transaction((tx) => recordAudit(tx, entry))
    await db.orm.transaction((tx) => recordAudit(tx, { ...entry, correlationId: 'req_2' }))
    const { rows } = await db.pool.query<Record<string, unknown>>(
      'SELECT * FROM audit_entries ORDER BY position',
    )
    expect(rows).toHaveLength(2)
    expect(rows[0]).toMatchObject({
      account_id: 'console',
      at: new Date(nowMs),
      action: 'user.update',
      outcome: 'success',
      resource: 'user',
      correlation_id: 'req_1',
      before: '{"role":"viewer","since":"2026-05-04T03:02:01.123Z"}',
      after: '{"role":"operator","seats":"12"}',
      reason: 'asked by [email]',
      model: null,
    })
    expect(rows[0]?.actor).toMatch(/^sub_[0-9a-f]{24}$/)
    expect(rows[0]?.subject).toMatch(/^sub_[0-9a-f]{24}$/)
    expect(rows[0]?.subject).not.toBe(rows[0]?.actor)
    expect([rows[1]?.actor, rows[1]?.subject]).toEqual([rows[0]?.actor, rows[0]?.subject])
    const names = await db.pool.query<{ lookup: string }>('SELECT lookup FROM audit_subjects')
    expect(JSON.stringify(names.rows)).not.toMatch(/usr_|mia/)
  })

  it('names nobody where the system itself acts', async () => {
    const db = await openDb()
    await recordAudit(db.orm, { ...entry, actorId: null, subject: null, correlationId: 'req_system' })
    const { rows } = await db.pool.query(
      `SELECT actor, subject FROM audit_entries WHERE correlation_id = 'req_system'`,
    )
    expect(rows).toEqual([{ actor: null, subject: null }])
  })

  it('is never changed again, in whatever partition', async () => {
    const db = await openDb()
    const longAgo = createRecordAudit({ pseudonyms, nowMs: () => Date.parse('2001-01-01T00:00:00Z') })
    const now = createRecordAudit({ pseudonyms, nowMs: Date.now })
    await now(db.orm, entry)
    await longAgo(db.orm, entry)
    await longAgo(db.orm, { ...entry, correlationId: 'req_moved' })
    await ensurePartition(db, { table: 'audit_entries', monthMs: Date.UTC(2001, 0) })
    const { rows } = await db.pool.query<{ name: string }>(
      `SELECT DISTINCT tableoid::regclass::text AS name FROM audit_entries`,
    )
    const names = rows.map((row) => row.name)
    expect(names.length).toBeGreaterThan(1)
    expect(names).toContain('audit_entries_y2001m01')
    for (const name of ['audit_entries', 'audit_entries_default', ...names]) {
      // Without a row, only what empties a whole table says no.
      const refused = [`TRUNCATE ${name}`]
      if (name !== 'audit_entries_default')
        refused.push(`UPDATE ${name} SET reason = 'x'`, `DELETE FROM ${name}`)
      for (const statement of refused)
        await expect(db.pool.query(statement), statement).rejects.toThrow('append-only')
    }
  })
})

describe('pseudonyms', () => {
  it('hide ids, differ by kind and key, and are found under keys that were replaced', () => {
    const creator = { kind: 'creator', id: 'c1' } as const
    const lookup = pseudonyms.lookup(creator)
    expect(lookup).toMatch(/^creator:[\w-]{32}$/)
    expect(pseudonyms.lookup({ kind: 'fan', id: 'c1' }).slice(4)).not.toBe(lookup.slice(8))
    const replaced = createPseudonyms(['replaced-key']).lookup(creator)
    expect(pseudonyms.lookups(creator)).toEqual([lookup, replaced])
  })
})
