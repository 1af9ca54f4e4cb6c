import { expect, it } from 'vitest'
import { chainHashes, chainStart } from '#lib/audit/chain'
import type { ChainProblem } from '#lib/audit/chain-problem'
import { readEntryTexts } from '#server/audit/entry-texts'
import { readSealsBehind } from '#server/audit/seal-store'
import { sha256 } from '#server/audit/sha256'
import { verifyLog } from '#server/audit/verify-log'
import type { Database } from '#server/db/database'
import { migrate } from '#server/db/migrate'
import { type AuditWorld, auditWorld, testKeys } from '#tests/support/audit-worlds'
import { describeOnDatabases } from '#tests/support/databases'

const tables = ['audit_entries', 'audit_seals', 'audit_checkpoints']

/** As somebody would who owns the tables. */
async function asOwner(db: Database, statements: readonly string[]): Promise<void> {
  for (const table of tables) await db.pool.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
  for (const statement of statements) await db.pool.query(statement)
  for (const table of tables) await db.pool.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
}

/** Thirty entries in three seals, and what brings them back after they were tampered with. */
async function sealedWorld(db: Database) {
  await migrate(db, Date.now())
  const world = auditWorld(db)
  for (const changes of [{}, { resource: 'region/west' }, { after: { drained: false } }]) {
    await world.append(10, changes)
    await world.seal()
  }
  for (const table of tables) await db.pool.query(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`)
  const restore = () =>
    asOwner(
      db,
      tables.flatMap((table) => [`DELETE FROM ${table}`, `INSERT INTO ${table} SELECT * FROM kept_${table}`]),
    )
  return { world, restore }
}

const copyOf = (position: number, at: string) =>
  `INSERT INTO audit_entries SELECT ${position}, account_id, ${at}, action, outcome, actor, subject, resource,
     correlation_id, model, input_tokens, output_tokens, cost_pico_usd, before, after, reason
   FROM audit_entries WHERE position = 14`

/** What somebody did, and what is found. */
const tampering: Record<string, { does: string[]; finds: ChainProblem }> = {
  'changed one byte': {
    does: [`UPDATE audit_entries SET reason = 'Maintenance' WHERE position = 14`],
    finds: { kind: 'changed', sequence: 14, toSequence: 14 },
  },
  'moved an entry by a millisecond': {
    does: [`UPDATE audit_entries SET at = at + interval '1 ms' WHERE position = 30`],
    finds: { kind: 'changed', sequence: 30, toSequence: 30 },
  },
  'deleted an entry': {
    does: ['DELETE FROM audit_entries WHERE position = 14'],
    finds: { kind: 'missing', sequence: 14, toSequence: 14 },
  },
  'deleted several': {
    does: ['DELETE FROM audit_entries WHERE position BETWEEN 12 AND 15'],
    finds: { kind: 'missing', sequence: 12, toSequence: 15 },
  },
  'deleted a seal and its entries': {
    does: [
      'DELETE FROM audit_entries WHERE position BETWEEN 11 AND 20',
      'DELETE FROM audit_seals WHERE first_sequence = 11',
    ],
    finds: { kind: 'missing', sequence: 11, toSequence: 20 },
  },
  'put an entry in a second time': {
    does: [copyOf(14, `at + interval '1 s'`)],
    finds: { kind: 'duplicated', sequence: 15, toSequence: 15 },
  },
  'inserted an entry before the first': {
    does: [copyOf(0, 'at')],
    finds: { kind: 'inserted', sequence: 1, toSequence: 1 },
  },
  'swapped two entries': {
    does: [
      'UPDATE audit_entries SET position = -1 WHERE position = 13',
      'UPDATE audit_entries SET position = 13 WHERE position = 17',
      'UPDATE audit_entries SET position = 17 WHERE position = -1',
    ],
    finds: { kind: 'swapped', sequence: 13, toSequence: 17 },
  },
  'cut off the last entries': {
    does: ['DELETE FROM audit_entries WHERE position > 25'],
    finds: { kind: 'missing', sequence: 26, toSequence: 30 },
  },
  'cut off the last entries and their seal': {
    does: [
      'DELETE FROM audit_entries WHERE position > 20',
      'DELETE FROM audit_seals WHERE first_sequence > 20',
    ],
    finds: { kind: 'truncated', sequence: 21, toSequence: 30 },
  },
  'cut off a seal alone': {
    does: ['DELETE FROM audit_seals WHERE first_sequence > 20'],
    finds: { kind: 'truncated', sequence: 21, toSequence: 30 },
  },
}

describeOnDatabases('P33: verification of the audit log', (_openDb, { openEmpty }) => {
  const verify = (db: Database, world: AuditWorld, from = chainStart) =>
    verifyLog({ db, keys: testKeys, anchors: world.anchor, from })

  it('says ok, and how much is not sealed yet', async () => {
    const db = await openEmpty()
    const { world } = await sealedWorld(db)
    await world.append(2)
    const progress: number[] = []
    const verdict = await verifyLog({
      db,
      keys: testKeys,
      anchors: world.anchor,
      onProgress: ({ checked }) => progress.push(checked),
    })
    expect(verdict).toMatchObject({
      problem: null,
      checked: 30,
      reached: { sequence: 30, position: 30 },
      unsealed: { entries: 2, oldestAtMs: expect.any(Number) },
    })
    expect(progress).toEqual([30])
    await world.seal()
    expect(await verify(db, world, verdict.reached)).toMatchObject({
      problem: null,
      checked: 2,
      unsealed: { entries: 0, oldestAtMs: null },
    })
  })

  it('finds whatever was done to sealed entries, and where', async () => {
    const db = await openEmpty()
    const { world, restore } = await sealedWorld(db)
    for (const [what, { does, finds }] of Object.entries(tampering)) {
      await asOwner(db, does)
      const { problem, reached } = await verify(db, world)
      expect(problem, what).toEqual(finds)
      expect(reached.sequence, what).toBeLessThan(finds.sequence)
      await restore()
      expect((await verify(db, world)).problem, what).toBeNull()
    }
  })

  it('finds a tail that was hashed anew, signed or not, and a checkpoint that was changed', async () => {
    const db = await openEmpty()
    const { world, restore } = await sealedWorld(db)
    const [, second] = await readSealsBehind(db.pool, { sequence: 0, limit: 3 })
    const state = { sequence: 10, hash: '', position: 10 }
    const [first] = await readSealsBehind(db.pool, { sequence: 0, limit: 1 })
    state.hash = first?.hashes.slice(-64) ?? ''
    await asOwner(db, [`UPDATE audit_entries SET reason = 'other' WHERE position = 14`])
    const entries = await readEntryTexts(db.pool, { after: 10, upTo: 20, limit: 10 })
    const hashes = chainHashes(state, entries, sha256).join('')
    expect(hashes).not.toBe(second?.hashes)
    await asOwner(db, [`UPDATE audit_seals SET hashes = '\\x${hashes}' WHERE first_sequence = 11`])
    expect((await verify(db, world)).problem).toEqual({ kind: 'not_ours', sequence: 11, toSequence: 20 })
    // Who has the key as well signs everything again; what is kept outside the database tells all the same.
    await asOwner(db, ['DELETE FROM audit_seals WHERE first_sequence > 10'])
    await auditWorld(db).seal()
    expect((await verify(db, world)).problem).toMatchObject({ kind: 'replaced', sequence: 1, toSequence: 30 })
    await restore()
    await db.pool.query(
      `INSERT INTO audit_checkpoints VALUES (10, '2026-05-03', '\\x${state.hash}', 10, now(), '${testKeys.keyId}', '\\x00')`,
    )
    expect((await verify(db, world)).problem).toMatchObject({ kind: 'bad_checkpoint', sequence: 10 })
  })
})
