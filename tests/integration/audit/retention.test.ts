import { expect, it } from 'vitest'
import { eraseSubject } from '#server/audit/erase-subject'
import { placeHold, releaseHold } from '#server/audit/holds'
import { keepAudit } from '#server/audit/keep-audit'
import { makeCheckpoints } from '#server/audit/make-checkpoints'
import { purgeLog } from '#server/audit/purge-log'
import { createRecordAudit } from '#server/audit/record-audit'
import { verifyLog } from '#server/audit/verify-log'
import type { Database } from '#server/db/database'
import { migrate } from '#server/db/migrate'
import { systemClock } from '#server/telemetry/clock'
import { auditWorld, testKeys } from '#tests/support/audit-worlds'
import { describeOnDatabases } from '#tests/support/databases'
import { testPseudonyms } from '#tests/support/pseudonyms'

const dayMs = 86_400_000
const order = { actorId: 'usr_admin', reason: 'court order', correlationId: 'req_hold' }

/** Ten entries on each of four days, of which the first two are past their retention. */
async function oldWorld(db: Database) {
  await migrate(db, Date.now())
  let now = Date.now()
  const world = auditWorld(db, () => now)
  for (const ageDays of [120, 100, 80, 1]) {
    now = Date.now() - ageDays * dayMs
    await world.append(10)
    await world.seal()
  }
  now = Date.now()
  const parts = {
    db,
    record: createRecordAudit({ pseudonyms: testPseudonyms, nowMs: Date.now }),
    nowMs: Date.now,
  }
  const checkpoint = () => makeCheckpoints({ db, keys: testKeys, anchors: world.anchor, nowMs: Date.now })
  const verify = () => verifyLog({ db, keys: testKeys, anchors: world.anchor })
  return { world, parts, checkpoint, verify }
}

const positions = async (db: Database) => {
  const { rows } = await db.pool.query<{ low: string; n: number }>(
    'SELECT min(position) AS low, count(*)::int AS n FROM audit_entries',
  )
  return [Number(rows[0]?.low), rows[0]?.n]
}

describeOnDatabases('P33: retention of the audit log', (_openDb, { openEmpty }) => {
  it('signs the end of each day once, and anchors what was not', async () => {
    const db = await openEmpty()
    const { world, checkpoint, verify } = await oldWorld(db)
    const made = await checkpoint()
    expect(made.map(({ sequence }) => sequence)).toEqual([10, 20, 30, 40])
    expect(await checkpoint()).toEqual([])
    expect(world.anchor.checkpoints).toEqual(made)
    world.anchor.checkpoints.splice(2)
    expect(await checkpoint()).toEqual([])
    expect(world.anchor.checkpoints).toEqual(made)
    expect((await verify()).problem).toBeNull()
  })

  it('purges whole days behind a checkpoint, none under legal hold, and verifies from there', async () => {
    const db = await openEmpty()
    const { world, parts, checkpoint, verify } = await oldWorld(db)
    expect(await purgeLog(parts)).toBe(0)
    await checkpoint()
    const heldDay = new Date(Date.now() - 110 * dayMs).toISOString().slice(0, 10)
    const hold = await placeHold(parts, { ...order, fromDay: heldDay })
    expect(await purgeLog(parts)).toBe(10)
    await world.seal()
    expect(await positions(db)).toEqual([11, 32])
    expect((await verify()).problem).toBeNull()
    await expect(
      db.pool.query('INSERT INTO audit_purges (sequence, position, purged_at) VALUES (20, 0, now())'),
    ).rejects.toThrow('legal hold')
    await releaseHold(parts, { ...order, id: hold.id })
    await expect(releaseHold(parts, { ...order, id: hold.id })).rejects.toThrow('released already')
    expect(await purgeLog(parts)).toBe(20)
    expect(await purgeLog(parts)).toBe(20)
    await world.seal()
    expect(await positions(db)).toEqual([21, 24])
    expect(await verify()).toMatchObject({ problem: null, checked: 24 })
    await expect(
      db.pool.query('INSERT INTO audit_purges (sequence, position, purged_at) VALUES (30, 0, now())'),
    ).rejects.toThrow('kept for 90 days')
    for (const statement of [
      'DELETE FROM audit_entries WHERE position = 21',
      'DELETE FROM audit_seals',
      'UPDATE audit_checkpoints SET position = 99',
      'DELETE FROM audit_purges',
      'TRUNCATE audit_seals',
    ])
      await expect(db.pool.query(statement), statement).rejects.toThrow('append-only')
    const { rows } = await db.pool.query(
      `SELECT action, actor IS NULL AS by_itself FROM audit_entries WHERE left(action, 6) = 'audit.' ORDER BY position`,
    )
    expect(rows).toEqual([
      { action: 'audit.hold', by_itself: false },
      { action: 'audit.purge', by_itself: true },
      { action: 'audit.release_hold', by_itself: false },
      { action: 'audit.purge', by_itself: true },
    ])
  })

  it('erases a person: nothing names them, and the chain holds', async () => {
    const db = await openEmpty()
    const { world, parts, verify } = await oldWorld(db)
    const subject = { kind: 'creator', id: 'cr_lea' } as const
    await world.append(2, { subject, action: 'user.update' })
    await world.seal()
    const { rows: before } = await db.pool.query<{ subject: string }>(
      'SELECT DISTINCT subject FROM audit_entries WHERE subject IS NOT NULL',
    )
    const erased = await db.orm.transaction((tx) =>
      eraseSubject({ tx, pseudonyms: testPseudonyms, record: parts.record }, { ...order, subject }),
    )
    await world.seal()
    expect(erased).toEqual(before.map((row) => row.subject))
    const dump = await db.pool.query(
      `SELECT e::text FROM audit_entries e UNION ALL SELECT s::text FROM audit_subjects s`,
    )
    expect(JSON.stringify(dump.rows)).not.toMatch(/cr_lea/)
    const { rows: left } = await db.pool.query('SELECT FROM audit_subjects WHERE pseudonym = ANY($1)', [
      erased,
    ])
    expect(left).toEqual([])
    expect((await verify()).problem).toBeNull()
  })

  it('is kept by the instance that seals, when it is due', async () => {
    const db = await openEmpty()
    await migrate(db, Date.now())
    const done: string[] = []
    let [nowMs, leading] = [Date.now(), false]
    const keeper = keepAudit({
      db,
      leads: () => leading,
      makeCheckpoints: async () => done.push('checkpoints'),
      purge: async () => done.push('purge'),
      verifications: {
        begin: async ({ scope }) => {
          done.push(scope)
          throw new Error('not of interest here')
        },
      },
      clock: { ...systemClock, nowMs: () => nowMs },
      log: { error() {} },
    })
    await keeper.runOnce()
    expect(done).toEqual([])
    leading = true
    await keeper.runOnce()
    await keeper.runOnce()
    expect(done).toEqual(['checkpoints', 'purge'])
    nowMs += dayMs
    await keeper.runOnce()
    expect(done.slice(2)).toEqual(['checkpoints', 'purge', 'whole'])
    const world = auditWorld(db)
    await world.append(1)
    await world.seal()
    nowMs += 11 * 60_000
    await keeper.runOnce()
    expect(done.slice(5)).toEqual(['newest'])
    await keeper.close()
  })
})
