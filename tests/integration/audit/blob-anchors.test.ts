import { expect, it, onTestFinished } from 'vitest'
import { createBlobAnchors } from '#server/audit/blob-anchors'
import { openBlobContainer } from '#server/audit/blob-container'
import { joinAnchors } from '#server/audit/joined-anchors'
import { makeCheckpoints } from '#server/audit/make-checkpoints'
import { verifyLog } from '#server/audit/verify-log'
import type { Database } from '#server/db/database'
import { migrate } from '#server/db/migrate'
import { auditWorld, testKeys } from '#tests/support/audit-worlds'
import { startBlobEndpoint } from '#tests/support/blob-endpoint'
import { describeOnDatabases } from '#tests/support/databases'

const dayMs = 86_400_000

/** Three days of entries, anchored in a container that the real SDK writes. */
async function anchoredWorld(db: Database) {
  await migrate(db, Date.now())
  const endpoint = await startBlobEndpoint()
  onTestFinished(() => endpoint.close())
  const warnings: unknown[] = []
  const open = (nowMs: () => number) =>
    createBlobAnchors({
      db,
      container: openBlobContainer({
        connectionString: endpoint.connectionString,
        accountUrl: null,
        container: 'huntaze-audit',
      }),
      keys: testKeys,
      nowMs,
      log: { warn: (fields: unknown) => void warnings.push(fields) },
    })
  let now = Date.now()
  const anchors = open(() => now)
  const world = auditWorld(db, () => now)
  for (const ageDays of [3, 2, 1]) {
    now = Date.now() - ageDays * dayMs
    await world.append(10)
    await world.seal()
  }
  now = Date.now()
  const checkpoint = () =>
    makeCheckpoints({ db, keys: testKeys, anchors: world.anchor, alsoIn: [anchors], nowMs: () => now })
  const verify = () => verifyLog({ db, keys: testKeys, anchors: joinAnchors([emptyPlace, open(() => now)]) })
  return { endpoint, anchors, world, checkpoint, verify, warnings }
}

/** What a machine knows whose data directory was lost, or rewritten. */
const emptyPlace = {
  readHead: async () => null,
  writeHead: async () => undefined,
  readCheckpoints: async () => [],
  addCheckpoint: async () => undefined,
}

const tamper = async (db: Database, statement: string, values: unknown[] = []) => {
  await db.pool.query('ALTER TABLE audit_entries DISABLE TRIGGER USER')
  await db.pool.query('ALTER TABLE audit_seals DISABLE TRIGGER USER')
  await db.pool.query('ALTER TABLE audit_checkpoints DISABLE TRIGGER USER')
  await db.pool.query(statement, values)
}

describeOnDatabases('anchors in blob storage', (_openDb, { openEmpty }) => {
  it('are made once, on the condition that nothing is there, and tried again while the storage is busy', async () => {
    const db = await openEmpty()
    const { endpoint, checkpoint, anchors, verify } = await anchoredWorld(db)
    endpoint.failNext(2)
    expect(await checkpoint()).toHaveLength(3)
    const names = [...endpoint.blobs.keys()]
    expect(names).toHaveLength(3)
    for (const name of names)
      expect(name).toMatch(/^huntaze-audit\/\d+-\d+\/checkpoints\/\d{16}-\d{4}-\d\d-\d\d\.json$/)
    const writes = endpoint.requests.filter((line) => line.startsWith('PUT') && line.includes('checkpoints'))
    expect(writes.length).toBeGreaterThanOrEqual(3)
    for (const line of writes) expect(line).toContain('if-none-match=*')
    expect(await checkpoint()).toEqual([])
    expect([...endpoint.blobs.keys()]).toEqual(names)
    const [first] = await anchors.readCheckpoints()
    if (!first) throw new Error('no checkpoint is anchored')
    await anchors.addCheckpoint(first)
    await expect(anchors.addCheckpoint({ ...first, signature: '00' })).rejects.toThrow('another checkpoint')
    expect((await verify()).problem).toBeNull()
  }, 300_000)

  it('find a tail that was cut off, also with its checkpoints, when the data directory is lost', async () => {
    const db = await openEmpty()
    const { checkpoint, verify } = await anchoredWorld(db)
    await checkpoint()
    await tamper(db, 'DELETE FROM audit_seals WHERE last_sequence > 20')
    await tamper(db, 'DELETE FROM audit_checkpoints WHERE sequence > 20')
    expect((await verify()).problem).toEqual({ kind: 'truncated', sequence: 21, toSequence: 30 })
  }, 300_000)

  it('find a tail that was hashed and signed anew with our own key', async () => {
    const db = await openEmpty()
    const { checkpoint, verify } = await anchoredWorld(db)
    await checkpoint()
    await tamper(db, `UPDATE audit_entries SET reason = 'another story' WHERE position > 25`)
    await tamper(db, 'DELETE FROM audit_seals WHERE last_sequence > 20')
    await tamper(db, 'DELETE FROM audit_checkpoints WHERE sequence > 20')
    const forger = auditWorld(db, () => Date.now() - dayMs)
    await forger.seal()
    const { problem } = await verify()
    expect(problem).toMatchObject({ kind: 'replaced', toSequence: 30 })
  }, 300_000)

  it('hold a seal of every ten minutes and the last one, beyond what was cut off since the day’s end', async () => {
    const db = await openEmpty()
    const { anchors, endpoint, world, verify, warnings } = await anchoredWorld(db)
    const sealed = async () => {
      await world.append(5)
      await world.seal()
      const { rows } = await db.pool.query(
        `SELECT first_sequence AS "firstSequence", last_sequence AS "lastSequence", after_position AS "afterPosition",
           last_position AS "lastPosition", sealed_at AS "sealedAt", encode(hashes, 'hex') AS hashes, key_id AS "keyId",
           encode(signature, 'hex') AS signature FROM audit_seals ORDER BY first_sequence DESC LIMIT 1`,
      )
      const { sealedAt, ...seal } = rows[0]
      const numbers = Object.fromEntries(
        Object.entries(seal).map(([name, value]) => [
          name,
          /Sequence|Position/.test(name) ? Number(value) : value,
        ]),
      )
      await anchors.writeHead({ ...numbers, sealedAtMs: sealedAt.getTime() } as never)
    }
    await sealed()
    await sealed()
    await sealed()
    await anchors.flush()
    const seals = [...endpoint.blobs.keys()].filter((name) => name.includes('/seals/'))
    expect(seals).toHaveLength(2)
    expect((await anchors.readHead())?.sequence).toBe(45)
    expect((await verify()).problem).toBeNull()
    await tamper(db, 'DELETE FROM audit_seals WHERE last_sequence > 40')
    expect((await verify()).problem).toEqual({ kind: 'truncated', sequence: 41, toSequence: 45 })
    expect(warnings).toEqual([])
  }, 300_000)
})
