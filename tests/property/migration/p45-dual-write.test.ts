import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { VersionedRecord } from '#lib/migration/versioned-record'
import type { Database } from '#server/db/database'
import { backfillStep } from '#server/migration/backfill-records'
import { readStandings } from '#server/migration/read-dual-write'
import { reconcileStep } from '#server/migration/reconcile-step'
import { reconcileStores } from '#server/migration/reconcile-stores'
import type { Delivery, RecordStore } from '#server/migration/record-store'
import { relayOutbox } from '#server/migration/relay-outbox'
import { describeOnDatabases } from '#tests/support/databases'
import { contentOf, openPair, setSwitch, writeToPair } from '#tests/support/dual-worlds'

type Crash = 'none' | 'before' | 'after'
type Account = 'acc_a' | 'acc_b'
/** Whose switch: `*` is everybody's who has none of their own. */
type Whose = Account | '*'

type Step =
  | { do: 'write' | 'delete' | 'erase'; account: Account; id: number; value: number }
  | { do: 'relay' | 'reconcile'; crash: Crash }
  | { do: 'backfill' | 'compare'; whose: Whose; crash: Crash }
  | { do: 'switch'; whose: Whose; on: boolean }
  | { do: 'wait' }
  | { do: 'replay'; from: number; forgetful: boolean }
  | { do: 'damage'; account: Account; id: number; how: 'body' | 'lose' | 'revive' }

const id = fc.nat(5)
const account = fc.constantFrom<Account>('acc_a', 'acc_a', 'acc_b')
const whose = fc.constantFrom<Whose>('acc_a', '*', '*')
const crash = fc.constantFrom<Crash>('none', 'none', 'before', 'after')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('write' as const, 'write' as const, 'delete' as const, 'erase' as const),
      account,
      id,
      value: fc.nat(9),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('relay' as const, 'relay' as const, 'reconcile' as const),
      crash,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('backfill' as const, 'backfill' as const, 'compare' as const),
      whose,
      crash,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('switch' as const), whose, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'wait' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('replay' as const), from: fc.nat(50), forgetful: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('damage' as const),
      account,
      id,
      how: fc.constantFrom('body' as const, 'lose' as const, 'revive' as const),
    }),
  },
)

interface Seen {
  accountId: string
  delivery: Delivery
}

class Crashed extends Error {}

/** The process ends before or after the store has taken what it was given. */
function crashing(store: RecordStore, when: Crash, seen: Seen[]): RecordStore {
  return {
    ...store,
    async take(accountId, deliveries) {
      seen.push(...deliveries.map((delivery) => ({ accountId, delivery })))
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

/** A stream's world: two accounts in two stores, and what the primary must hold. */
async function createWorld(db: Database) {
  const stream = `things_${randomBytes(6).toString('hex')}`
  const { primary, secondary } = openPair(db, stream)
  const damaged = `${stream} new`
  const model = new Map<string, VersionedRecord>()
  const seen: Seen[] = []
  let nowMs = 1
  const parts = (accountId: string, when: Crash) => ({
    db,
    stream,
    accountId,
    primary: crashing(primary, when, []),
    secondary: crashing(secondary, when, seen),
  })
  const relay = (when: Crash) => relayOutbox({ ...parts('*', when), leaseMs: 1_000, batch: 3 }, nowMs)
  const backfill = (who: Whose, when: Crash) => backfillStep({ ...parts(who, when), page: 2 }, nowMs)
  const compare = (who: Whose, when: Crash) =>
    reconcileStep({ ...parts(who, when), everyMs: 100_000, repairs: true }, nowMs)
  async function put(one: Extract<Step, { do: 'write' | 'delete' | 'erase' }>): Promise<void> {
    const name = `id_${one.id}`
    const key = `${one.account} ${name}`
    const state = ({ write: 'live', delete: 'deleted', erase: 'erased' } as const)[one.do]
    const body = state === 'live' ? `{"value":${one.value}}` : null
    const version = await writeToPair(db, stream, { accountId: one.account, id: name, state, body }, nowMs)
    const known = model.get(key)
    expect(version).toBe(known?.state === 'erased' ? null : (known?.version ?? 0n) + 1n)
    if (version !== null) model.set(key, { id: name, version, state, body })
  }
  const damage = {
    body: `UPDATE dual_records SET body = body || ' ' WHERE state = 'live' AND store = $1 AND account_id = $2 AND id = $3`,
    lose: `DELETE FROM dual_records WHERE store = $1 AND account_id = $2 AND id = $3`,
    revive: `UPDATE dual_records SET state = 'live', body = '{}' WHERE state = 'erased' AND store = $1 AND account_id = $2 AND id = $3`,
  }
  async function replay({ from, forgetful }: Extract<Step, { do: 'replay' }>): Promise<void> {
    const late = seen.slice(from % (seen.length + 1)).reverse()
    for (const { accountId, delivery } of late)
      await secondary.take(accountId, [forgetful ? { ...delivery, sequence: null } : delivery])
  }
  async function run(one: Step): Promise<void> {
    if (one.do === 'write' || one.do === 'delete' || one.do === 'erase') return put(one)
    if (one.do === 'relay') return orCrash(relay(one.crash))
    if (one.do === 'backfill') return orCrash(backfill(one.whose, one.crash))
    if (one.do === 'compare') return orCrash(compare(one.whose, one.crash))
    if (one.do === 'reconcile') return orCrash(reconcileStores(parts('acc_a', one.crash), nowMs))
    if (one.do === 'switch') return setSwitch(db, one.whose, one.on, stream)
    if (one.do === 'damage')
      return void (await db.pool.query(damage[one.how], [damaged, one.account, `id_${one.id}`]))
    if (one.do === 'wait') nowMs += 200_000
    if (one.do === 'replay') return replay(one)
  }
  async function settle(): Promise<void> {
    for (;;) {
      nowMs += 100_000
      const { delivered } = await relay('none')
      if (delivered === 0) break
    }
    for (const one of ['acc_a', 'acc_b']) await reconcileStores(parts(one, 'none'), nowMs)
  }
  /** Everything on, copied to the end and compared. */
  async function complete(): Promise<void> {
    for (const who of ['*', 'acc_a'] as const) {
      await setSwitch(db, who, true, stream)
      while (!(await backfill(who, 'none'))) {}
      nowMs += 200_000
      while (await compare(who, 'none')) {}
    }
  }
  const standing = async () => {
    const pairs = [openPair(db, stream)]
    return (await readStandings({ db, pairs, reconcileEveryMs: 3_600_000 }, nowMs))[0]?.judgement
  }
  const wanted = (accountId: Account) =>
    [...model].flatMap(([key, entry]) => (key.startsWith(accountId) ? [entry] : [])).sort(byId)
  return { primary, secondary, parts, run, settle, complete, standing, wanted }
}

const byId = (a: VersionedRecord, b: VersionedRecord) => (a.id < b.id ? -1 : 1)
const accounts = ['acc_a', 'acc_b'] as const

describeOnDatabases('P45', (openDb, { kind }) => {
  it('both stores agree once reconciliation has run, whatever was written, lost, repeated or broken off, and nothing erased returns', async () => {
    const db = await openDb()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const world = await createWorld(db)
        for (const one of steps) await world.run(one)
        await world.settle()
        const agree = async () => {
          for (const one of accounts) {
            expect(await contentOf(world.primary, one)).toEqual(world.wanted(one))
            expect(await contentOf(world.secondary, one)).toEqual(world.wanted(one))
          }
        }
        await agree()
        const again = await reconcileStores(world.parts('acc_a', 'none'), 5)
        expect(again).toEqual({ compared: 1, pending: 0, mismatches: [] })
        await world.complete()
        await agree()
        expect(await world.standing()).toEqual({ state: 'clean', text: 'both stores hold the same' })
      }),
      { numRuns: kind === 'postgres' ? 100 : 15 },
    )
  }, 600_000)
})
