import type { PoolClient } from 'pg'
import type { RecordState, VersionedRecord } from '#lib/migration/versioned-record'
import { createRecordAudit } from '#server/audit/record-audit'
import type { Database } from '#server/db/database'
import { setDualSwitch } from '#server/migration/dual-switches'
import { createPostgresRecordStore } from '#server/migration/postgres-record-store'
import type { RecordStore } from '#server/migration/record-store'
import { writeRecord } from '#server/migration/write-record'
import { testPseudonyms } from '#tests/support/pseudonyms'

export const stream = 'things'

export const openStores = (db: Database): { primary: RecordStore; secondary: RecordStore } => ({
  primary: createPostgresRecordStore(db, { store: 'old', stream }),
  secondary: createPostgresRecordStore(db, { store: 'new', stream }),
})

async function inTransaction<Result>(
  db: Database,
  work: (tx: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await db.pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

export interface Write {
  accountId: string
  id: string
  state: RecordState
  body: string | null
}

export const write = (db: Database, change: Write, nowMs = 0) =>
  inTransaction(db, (tx) => writeRecord(tx, { ...change, stream, store: 'old', nowMs }))

const record = createRecordAudit({ pseudonyms: testPseudonyms, nowMs: () => 0 })
const switchOrder = { actorId: 'usr_1', reason: 'a rehearsal', correlationId: 'req_switch' }

export const setSwitch = (db: Database, accountId: string, enabled: boolean) =>
  inTransaction(db, (tx) =>
    setDualSwitch({ tx, record }, { stream, accountId, enabled, nowMs: 0, ...switchOrder }),
  )

/** All records of an account, by id. */
export async function contentOf(store: RecordStore, accountId: string): Promise<VersionedRecord[]> {
  const records = await store.page(accountId, null, 1_000_000)
  return records.sort((a, b) => (a.id < b.id ? -1 : 1))
}
