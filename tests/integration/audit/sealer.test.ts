import { expect, it } from 'vitest'
import { chainHashes, chainStart } from '#lib/audit/chain'
import { sealText } from '#lib/audit/seal'
import { readEntryTexts } from '#server/audit/entry-texts'
import { createRecordAudit } from '#server/audit/record-audit'
import { runSealer } from '#server/audit/run-sealer'
import { readSealsBehind } from '#server/audit/seal-store'
import { sha256 } from '#server/audit/sha256'
import type { Database } from '#server/db/database'
import { migrate } from '#server/db/migrate'
import { createJobLease } from '#server/jobs/job-lease'
import { systemClock } from '#server/telemetry/clock'
import { anEntry, auditWorld, testKeys } from '#tests/support/audit-worlds'
import { describeOnDatabases } from '#tests/support/databases'
import { testPseudonyms } from '#tests/support/pseudonyms'

const record = createRecordAudit({ pseudonyms: testPseudonyms, nowMs: Date.now })
const quiet = { error() {} }

async function sealedCount(db: Database): Promise<number> {
  const seals = await readSealsBehind(db.pool, { sequence: 0, limit: 1000 })
  return seals.at(-1)?.lastSequence ?? 0
}

describeOnDatabases('P33: the sealer', (openDb, { kind, openEmpty }) => {
  it('makes one chain without a gap of 200 entries that come at once', async () => {
    const db = await openEmpty()
    await migrate(db, Date.now())
    const world = auditWorld(db)
    const appended = Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        db.orm.transaction((tx) => record(tx, anEntry({ correlationId: `req_${index}` }))),
      ),
    )
    const passes = [world.sealer.pass(), world.sealer.pass()]
    await Promise.all([appended, ...passes.map((pass) => pass.catch(() => undefined))])
    await world.seal()
    const seals = await readSealsBehind(db.pool, { sequence: 0, limit: 1000 })
    const entries = await readEntryTexts(db.pool, { after: 0, upTo: 1e9, limit: 1000 })
    expect(entries).toHaveLength(200)
    expect(seals.map(({ hashes }) => hashes).join('')).toBe(chainHashes(chainStart, entries, sha256).join(''))
    let [sequence, position] = [0, 0]
    for (const seal of seals) {
      expect([seal.firstSequence, seal.afterPosition]).toEqual([sequence + 1, position])
      expect(testKeys.isSigned(sealText(seal), seal)).toBe(true)
      sequence = seal.lastSequence
      position = seal.lastPosition
    }
    expect(sequence).toBe(200)
    expect(world.anchor.head).toMatchObject({ sequence: 200, hash: seals.at(-1)?.hashes.slice(-64) })
  })

  it('leaves no number for an action that was rolled back', async () => {
    const db = await openDb()
    const world = auditWorld(db)
    const before = await sealedCount(db)
    const failed = db.orm.transaction(async (tx) => {
      await record(tx, anEntry())
      throw new Error('failed')
    })
    await expect(failed).rejects.toThrow('failed')
    await world.append(2)
    await world.seal()
    expect(await sealedCount(db)).toBe(before + 2)
  })

  it('goes on behind what was cut off, so that the gap can be seen', async () => {
    const db = await openDb()
    const world = auditWorld(db)
    await world.append(1)
    await world.seal()
    const { head } = world.anchor
    const beyond = (head?.sequence ?? 0) + 5
    world.anchor.head = { sequence: beyond, hash: 'ab'.repeat(32), position: 1e6 }
    world.sealer.forget()
    await world.append(1)
    await world.seal()
    expect(world.losses).toEqual([{ fromSequence: (head?.sequence ?? 0) + 1, toSequence: beyond }])
    expect(await sealedCount(db)).toBe(beyond + 1)
  })

  it.runIf(kind === 'postgres')('waits for a transaction that drew its place before', async () => {
    const db = await openDb()
    const world = auditWorld(db)
    await world.seal()
    const before = await sealedCount(db)
    await db.orm.transaction(async (tx) => {
      await record(tx, anEntry({ correlationId: 'req_slow' }))
      await record(db.orm, anEntry({ correlationId: 'req_quick' }))
      expect(await world.sealer.pass()).toEqual({ sealed: 0, moreToCome: true })
      expect(await world.sealer.pass()).toEqual({ sealed: 0, moreToCome: true })
    })
    expect(await world.sealer.pass()).toMatchObject({ sealed: 2 })
    expect(await sealedCount(db)).toBe(before + 2)
  })

  it.runIf(kind === 'postgres')('gives way to another instance that seals', async () => {
    const db = await openDb()
    const [one, other] = [auditWorld(db), auditWorld(db)]
    await one.append(1)
    await Promise.all([one.seal(), other.seal()])
    await one.append(1)
    await one.seal()
    const sealed = await sealedCount(db)
    await other.append(1)
    await Promise.all([other.seal(), one.seal()])
    await other.seal()
    expect(await sealedCount(db)).toBe(sealed + 1)
  })

  it.runIf(kind === 'postgres')('is taken over when its instance is gone', async () => {
    const db = await openDb()
    const lease = (holder: string) => createJobLease({ db, name: 'audit-sealer', holder, forMs: 60_000 })
    await lease('ins_gone').take()
    const world = auditWorld(db)
    await world.append(3)
    const before = await sealedCount(db)
    const sealed = Promise.withResolvers<void>()
    const run = runSealer({
      sealer: world.sealer,
      lease: lease('ins_next'),
      shared: true,
      clock: systemClock,
      log: quiet,
      onSealed: sealed.resolve,
    })
    run.start()
    expect(await sealedCount(db)).toBe(before)
    await db.pool.query(`UPDATE job_leases SET expires_at = now() WHERE holder = 'ins_gone'`)
    await sealed.promise
    expect(run.leads()).toBe(true)
    expect(await sealedCount(db)).toBe(before + 3)
    await run.close()
    expect(await lease('ins_third').take()).toBe(true)
  })

  it('seals what comes while it works, by being woken', async () => {
    const db = await openDb()
    const world = auditWorld(db)
    let sealed = Promise.withResolvers<void>()
    const run = runSealer({
      sealer: world.sealer,
      lease: createJobLease({ db, name: 'audit-waker', holder: 'ins_1', forMs: 60_000 }),
      shared: false,
      clock: systemClock,
      log: quiet,
      onSealed: () => sealed.resolve(),
    })
    for (const round of [1, 2]) {
      sealed = Promise.withResolvers()
      const before = await sealedCount(db)
      await world.append(round)
      run.wake()
      await sealed.promise
      expect(await sealedCount(db)).toBe(before + round)
    }
    await run.close()
  })
})
