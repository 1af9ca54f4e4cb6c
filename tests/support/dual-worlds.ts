import type { RecordState, VersionedRecord } from '#lib/migration/versioned-record'
import { createRecordAudit } from '#server/audit/record-audit'
import type { Database } from '#server/db/database'
import { setDualSwitch } from '#server/migration/dual-switches'
import type { DualWritePair } from '#server/migration/dual-write-pairs'
import { createPostgresRecordStore } from '#server/migration/postgres-record-store'
import type { RecordStore } from '#server/migration/record-store'
import { writeRecord } from '#server/migration/write-record'
import { testPseudonyms } from '#tests/support/pseudonyms'

export const stream = 'things'

export const openStores = (db: Pick<Database, 'pool'>): { primary: RecordStore; secondary: RecordStore } => ({
  primary: createPostgresRecordStore(db, { store: 'old', stream }),
  secondary: createPostgresRecordStore(db, { store: 'new', stream }),
})

/** Two stores in one database, of a stream of their own. */
export const openPair = (db: Pick<Database, 'pool'>, name: string): DualWritePair => ({
  stream: name,
  names: { primary: 'the old store', secondary: 'the new store' },
  primary: createPostgresRecordStore(db, { store: `${name} old`, stream: name }),
  secondary: createPostgresRecordStore(db, { store: `${name} new`, stream: name }),
})

/** Writes to the primary of `openPair`, as a domain does. */
export async function writeToPair(
  db: Pick<Database, 'pool'>,
  name: string,
  change: Write,
  nowMs = 0,
): Promise<bigint | null> {
  const client = await db.pool.connect()
  try {
    await client.query('BEGIN')
    const version = await writeRecord(client, { ...change, stream: name, store: storeOf(name), nowMs })
    await client.query('COMMIT')
    return version
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

const storeOf = (name: string) => (name === stream ? 'old' : `${name} old`)

export interface Write {
  accountId: string
  id: string
  state: RecordState
  body: string | null
}

export const write = (db: Database, change: Write, nowMs = 0) => writeToPair(db, stream, change, nowMs)

const record = createRecordAudit({ pseudonyms: testPseudonyms, nowMs: () => 0 })
const switchOrder = { actorId: 'usr_1', reason: 'a rehearsal', correlationId: 'req_switch' }

export const setSwitch = (db: Database, accountId: string, enabled: boolean, name = stream) =>
  db.orm.transaction((tx) =>
    setDualSwitch({ tx, record }, { stream: name, accountId, enabled, nowMs: 0, ...switchOrder }),
  )

/** All records of an account, by id. */
export async function contentOf(store: RecordStore, accountId: string): Promise<VersionedRecord[]> {
  const records = await store.page(accountId, null, 1_000_000)
  return records.sort((a, b) => (a.id < b.id ? -1 : 1))
}
