import { expect, it } from 'vitest'
import { type AuditQuery, auditQuery } from '#lib/contracts/audit'
import { exportEntries } from '#server/audit/export-entries'
import { createKnownActors } from '#server/audit/known-actors'
import { listEntries, readEntry } from '#server/audit/list-entries'
import { createRecordAudit } from '#server/audit/record-audit'
import { createVerifications } from '#server/audit/verifications'
import type { Database } from '#server/db/database'
import { migrate } from '#server/db/migrate'
import { anEntry, auditWorld, testKeys } from '#tests/support/audit-worlds'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'
import { testPseudonyms } from '#tests/support/pseudonyms'

const readingOf = (db: Database) => ({
  db,
  pseudonyms: testPseudonyms,
  knownActors: createKnownActors({ db, pseudonyms: testPseudonyms }),
})

describeOnDatabases('the audit log as it is read', (openDb, { openEmpty }) => {
  it('is filtered and paged, newest first', async () => {
    const db = await openDb()
    await db.pool.query(
      `INSERT INTO users (id, name, email, role) VALUES ('usr_admin', 'Ada', 'ada@example.com', 'admin')`,
    )
    const reading = readingOf(db)
    const world = auditWorld(db)
    await world.append(3, { correlationId: 'req_a' })
    await world.append(2, { action: 'region.freeze', resource: 'region/west', actorId: 'usr_gone' })
    await world.seal()
    await world.append(1, { subject: { kind: 'creator', id: 'cr_1' }, outcome: 'refused' })
    await bookInto(db, [aRecord('req_ai', { creatorId: 'cr_1' })])
    const list = async (query: Record<string, unknown>) =>
      (await listEntries(reading, auditQuery.parse(query))).rows
    expect(await list({})).toHaveLength(6)
    expect(await list({ kind: 'all' })).toHaveLength(7)
    expect(await list({ kind: 'ai' })).toMatchObject([
      { action: 'ai.chat', resource: 'req_ai', inputTokens: 100 },
    ])
    expect(await list({ action: 'region' })).toHaveLength(2)
    expect(await list({ action: 'region.freeze', resource: 'region' })).toHaveLength(2)
    expect(await list({ resource: 'region/west' })).toHaveLength(2)
    expect(await list({ correlationId: 'req_a' })).toHaveLength(3)
    expect(await list({ actor: 'usr_admin' })).toMatchObject(Array(4).fill({ actorId: 'usr_admin' }))
    expect(await list({ actor: 'usr_gone' })).toMatchObject(Array(2).fill({ actorId: null, sealed: true }))
    expect(await list({ actor: 'nobody' })).toEqual([])
    expect(await list({ kind: 'all', subject: 'cr_1' })).toMatchObject([
      { sealed: false },
      { outcome: 'refused' },
    ])
    expect(await list({ outcome: 'refused', from: '2026-01-01T00:00:00Z' })).toHaveLength(1)
    expect(await list({ to: '2026-01-01T00:00:00Z' })).toEqual([])
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const page = await listEntries(reading, auditQuery.parse({ limit: 2, ...(cursor ? { cursor } : {}) }))
      seen.push(...page.rows.map(({ position }) => position))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(seen).toEqual([6, 5, 4, 3, 2, 1])
    expect(await readEntry(reading, 4)).toMatchObject({
      before: '{"drained":false}',
      after: '{"drained":true}',
      seal: { sequence: 4, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect(await readEntry(reading, 6)).toMatchObject({ seal: null })
    await expect(readEntry(reading, Number.NaN)).rejects.toThrow('No audit entry')
  })

  it('names those who acted, also among very many keys, and asks for each once', async () => {
    const db = await openDb()
    await db.pool.query(
      `INSERT INTO api_keys (id, account_id, name, secret_hash, prefix, scopes, plan, created_at, created_by)
       SELECT 'key_' || n, 'acc_many', 'n', 'hash ' || n, 'htz_' || n, '{}', 'pro', now() - n * interval '1 second', 'usr_1'
       FROM generate_series(1, 1200) AS n`,
    )
    const world = auditWorld(db)
    await world.append(1, { actorId: 'key_1177', correlationId: 'req_many' })
    await world.append(1, { actorId: 'key_2', correlationId: 'req_many' })
    await world.append(1, { actorId: 'key_gone', correlationId: 'req_many' })
    const asked: string[] = []
    const pool = {
      query: (...given: Parameters<Database['pool']['query']>) => {
        asked.push(String(given[0]))
        return db.pool.query(...given)
      },
    } as Database['pool']
    const reading = readingOf({ ...db, pool })
    const read = async () =>
      (await listEntries(reading, auditQuery.parse({ correlationId: 'req_many' }))).rows.map(
        ({ actorId }) => actorId,
      )
    expect(await read()).toEqual([null, 'key_2', 'key_1177'])
    const idsRead = () => asked.filter((text) => text.includes('FROM api_keys')).length
    expect(idsRead()).toBeGreaterThan(2)
    const before = idsRead()
    expect(await read()).toEqual([null, 'key_2', 'key_1177'])
    expect(idsRead()).toBe(before)
  })

  it('is exported as CSV of exactly what the filters say, with no cell that a spreadsheet would run', async () => {
    const db = await openDb()
    const world = auditWorld(db)
    const reading = readingOf(db)
    await world.append(230, { correlationId: 'req_csv', reason: '=HYPERLINK("https://evil.example")' })
    await world.append(3, { correlationId: 'req_csv', action: 'region.freeze', resource: 'region/west' })
    await world.append(2, { correlationId: 'req_other' })
    const exported = async (query: Record<string, unknown>) => {
      const list = (asked: AuditQuery) => listEntries(reading, asked)
      const pieces = exportEntries({ list, redact: (text) => text }, auditQuery.parse(query))
      let text = ''
      for await (const piece of pieces) text += piece
      return text
    }
    const all = await exported({ correlationId: 'req_csv' })
    const lines = all.trimEnd().split('\r\n')
    expect(lines[0]).toMatch(/^position,at,action,outcome,/)
    expect(lines).toHaveLength(1 + 233)
    expect(all).toContain(`"'=HYPERLINK(""https://evil.example"")"`)
    expect(all).not.toContain(',=')
    const some = await exported({ correlationId: 'req_csv', action: 'region' })
    expect(some.trimEnd().split('\r\n')).toHaveLength(1 + 3)
  })

  it('is verified in the background, one run at a time, each with its result', async () => {
    const db = await openEmpty()
    await migrate(db, Date.now())
    const world = auditWorld(db)
    await world.append(5)
    await world.seal()
    let changes = 0
    const record = createRecordAudit({ pseudonyms: testPseudonyms, nowMs: Date.now })
    const open = () =>
      createVerifications({
        db,
        instanceId: 'ins_1',
        keys: testKeys,
        anchors: world.anchor,
        record,
        nowMs: Date.now,
        log: { error() {} },
        onChange: () => {
          changes += 1
        },
      })
    const verifications = open()
    const order = { scope: 'whole', actorId: 'usr_admin', correlationId: 'req_1' } as const
    const { view, done } = await verifications.begin(order)
    expect((await verifications.begin(order)).view.id).toBe(view.id)
    expect(view).toMatchObject({ state: 'running', total: 5 })
    await done
    expect(await verifications.list()).toMatchObject([
      { id: view.id, state: 'ok', checked: 5, toSequence: 5 },
    ])
    await world.append(2)
    await world.seal()
    await db.pool.query('ALTER TABLE audit_entries DISABLE TRIGGER USER')
    await db.pool.query(`UPDATE audit_entries SET reason = 'x' WHERE position = 7`)
    await (await verifications.begin({ ...order, scope: 'newest', actorId: null })).done
    expect((await verifications.list())[0]).toMatchObject({
      state: 'failed',
      scope: 'newest',
      checked: 0,
      problem: { kind: 'changed', sequence: 7 },
      problemPosition: 7,
    })
    expect(changes).toBeGreaterThan(3)
    const closing = open()
    const begun = closing.begin(order)
    await begun
    await closing.close()
    expect((await closing.list())[0]?.state).toMatch(/broken_off|failed/)
    await verifications.close()
    await record(db.orm, anEntry())
  })
})
