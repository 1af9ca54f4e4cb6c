import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { VersionedRecord } from '#lib/migration/versioned-record'
import type { Database } from '#server/db/database'
import { backfillStep } from '#server/migration/backfill-records'
import { reconcileStores } from '#server/migration/reconcile-stores'
import type { Delivery, RecordStore } from '#server/migration/record-store'
import { relayOutbox } from '#server/migration/relay-outbox'
import { describeOnDatabases } from '#tests/support/databases'
import { contentOf, openStores, setSwitch, stream, write } from '#tests/support/dual-worlds'

type Crash = 'none' | 'before' | 'after'

type Step =
  | { do: 'write' | 'delete' | 'erase'; id: number; value: number }
  | { do: 'relay' | 'backfill' | 'reconcile'; crash: Crash }
  | { do: 'switch'; on: boolean }
  | { do: 'wait' }
  | { do: 'replay'; from: number; forgetful: boolean }
  | { do: 'damage'; id: number; how: 'body' | 'lose' | 'revive' }

const id = fc.nat(5)
const crash = fc.constantFrom<Crash>('none', 'none', 'before', 'after')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('write' as const, 'write' as const, 'delete' as const, 'erase' as const),
      id,
      value: fc.nat(9),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('relay' as const, 'relay' as const, 'backfill' as const, 'reconcile' as const),
      crash,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('switch' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'wait' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('replay' as const), from: fc.nat(50), forgetful: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('damage' as const),
      id,
      how: fc.constantFrom('body' as const, 'lose' as const, 'revive' as const),
    }),
  },
)

class Crashed extends Error {}

/** The process ends before or after the store has taken what it was given. */
function crashing(store: RecordStore, when: Crash, seen: Delivery[]): RecordStore {
  return {
    ...store,
    async take(accountId, deliveries) {
      seen.push(...deliveries)
      if (when === 'before') throw new Crashed()
      await store.take(accountId, deliveries)
      if (when === 'after') throw new Crashed()
    },
  }
}

async function orCrash(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (!(error instanceof Crashed) && !String(error).includes('is off for account')) throw error
  })
}

/** One account's world: the stores, and what the primary must hold. */
async function createWorld(db: Database) {
  const accountId = `acc_${randomBytes(6).toString('hex')}`
  const { primary, secondary } = openStores(db)
  const model = new Map<string, VersionedRecord>()
  const seen: Delivery[] = []
  let nowMs = 1
  const parts = (when: Crash) => ({
    db,
    stream,
    accountId,
    primary,
    secondary: crashing(secondary, when, seen),
  })
  const relay = (when: Crash) => relayOutbox({ ...parts(when), leaseMs: 1_000, batch: 3 }, nowMs)
  const put = async (name: string, state: VersionedRecord['state'], body: string | null) => {
    const version = await write(db, { accountId, id: name, state, body }, nowMs)
    const known = model.get(name)
    expect(version).toBe(known?.state === 'erased' ? null : (known?.version ?? 0n) + 1n)
    if (version !== null) model.set(name, { id: name, version, state, body: state === 'live' ? body : null })
  }
  const damage = {
    body: `UPDATE dual_records SET body = body || ' ' WHERE state = 'live' AND account_id = $1 AND store = 'new' AND id = $2`,
    lose: `DELETE FROM dual_records WHERE account_id = $1 AND store = 'new' AND id = $2`,
    revive: `UPDATE dual_records SET state = 'live', body = '{}' WHERE state = 'erased' AND account_id = $1 AND store = 'new' AND id = $2`,
  }
  async function run(one: Step): Promise<void> {
    if (one.do === 'write') return put(`id_${one.id}`, 'live', `{"value":${one.value}}`)
    if (one.do === 'delete') return put(`id_${one.id}`, 'deleted', null)
    if (one.do === 'erase') return put(`id_${one.id}`, 'erased', null)
    if (one.do === 'relay') return orCrash(relay(one.crash))
    if (one.do === 'backfill') return orCrash(backfillStep({ ...parts(one.crash), page: 2 }, nowMs))
    if (one.do === 'reconcile') return orCrash(reconcileStores(parts(one.crash), nowMs))
    if (one.do === 'switch') return setSwitch(db, accountId, one.on)
    if (one.do === 'damage') return void (await db.pool.query(damage[one.how], [accountId, `id_${one.id}`]))
    if (one.do === 'wait') nowMs += 100_000
    if (one.do === 'replay') {
      const late = seen.slice(one.from % (seen.length + 1)).reverse()
      const deliveries = late.map((entry) => (one.forgetful ? { ...entry, sequence: null } : entry))
      await secondary.take(accountId, deliveries)
    }
  }
  async function settle(): Promise<void> {
    for (;;) {
      nowMs += 100_000
      const { delivered } = await relay('none')
      if (delivered === 0) break
    }
    await reconcileStores(parts('none'), nowMs)
  }
  return { accountId, primary, secondary, model, parts, run, settle }
}

describeOnDatabases('P45', (openDb, { kind }) => {
  it('both stores agree once reconciliation has run, whatever was written, lost, repeated or broken off, and nothing erased returns', async () => {
    const db = await openDb()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const world = await createWorld(db)
        for (const one of steps) await world.run(one)
        await world.settle()
        const wanted = [...world.model.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
        expect(await contentOf(world.primary, world.accountId)).toEqual(wanted)
        expect(await contentOf(world.secondary, world.accountId)).toEqual(wanted)
        const again = await reconcileStores(world.parts('none'), 5)
        expect(again).toEqual({ compared: 1, pending: 0, mismatches: [] })
      }),
      { numRuns: kind === 'postgres' ? 40 : 5 },
    )
  }, 600_000)
})
