import type { BucketDigest } from '#lib/migration/bucket-tree'
import { latestOfEach, type RecordState, type VersionedRecord } from '#lib/migration/versioned-record'
import type { Database } from '#server/db/database'
import type { RecordStore } from '#server/migration/record-store'

interface Row {
  id: string
  version: string
  state: RecordState
  body: string | null
}

const columns = 'id, version::text, state, body'

/** One statement: what the inbox knows already is left out, the rest is written where it wins. */
const takeStatement = `
WITH incoming AS (
  SELECT * FROM unnest($4::text[], $5::bigint[], $6::text[], $7::text[], $8::bigint[])
    AS record(id, version, state, body, sequence)
), fresh AS (
  INSERT INTO dual_inbox (account_id, stream, sequence, taken_at)
  SELECT $1, $2, seen, now() FROM unnest($9::bigint[]) AS seen
  ON CONFLICT DO NOTHING RETURNING sequence
)
INSERT INTO dual_records AS present (account_id, store, id, version, state, body)
SELECT $1, $3, id, version, state, body FROM incoming
WHERE sequence IS NULL OR sequence IN (SELECT sequence FROM fresh)
ORDER BY id
ON CONFLICT (account_id, store, id) DO UPDATE
SET version = excluded.version, state = excluded.state, body = excluded.body
WHERE CASE
  WHEN (excluded.state = 'erased') <> (present.state = 'erased') THEN excluded.state = 'erased'
  ELSE excluded.version >= present.version
    AND (excluded.version, excluded.state, excluded.body) IS DISTINCT FROM (present.version, present.state, present.body)
END`

/** A store over `dual_records`; `store` tells copies in one database apart, `stream` is what they are copies of. */
export function createPostgresRecordStore(
  db: Pick<Database, 'pool'>,
  { store, stream }: { store: string; stream: string },
): RecordStore {
  const select = async (where: string, values: readonly unknown[]): Promise<VersionedRecord[]> => {
    const { rows } = await db.pool.query<Row>(
      `SELECT ${columns} FROM dual_records WHERE account_id = $1 AND store = $2 AND ${where}`,
      [...values],
    )
    return rows.map(({ version, ...row }) => ({ ...row, version: BigInt(version) }))
  }
  return {
    async take(accountId, deliveries) {
      const latest = latestOfEach(deliveries)
      const column = (read: (record: (typeof latest)[number]) => unknown) => latest.map(read)
      await db.pool.query(takeStatement, [
        accountId,
        stream,
        store,
        column(({ id }) => id),
        column(({ version }) => version.toString()),
        column(({ state }) => state),
        column(({ body }) => body),
        column(({ sequence }) => sequence?.toString() ?? null),
        deliveries.flatMap(({ sequence }) => (sequence === null ? [] : [sequence.toString()])),
      ])
    },
    read: (accountId, ids) => select('id = ANY($3)', [accountId, store, ids]),
    page: (accountId, after, limit) =>
      select('($3::text IS NULL OR id > $3) ORDER BY id LIMIT $4', [accountId, store, after, limit]),
    bucket: (accountId, bucket) => select('bucket = $3', [accountId, store, bucket]),
    async nextAccount(after) {
      const { rows } = await db.pool.query<{ account_id: string }>(
        `SELECT account_id FROM dual_records WHERE store = $1 AND ($2::text IS NULL OR account_id > $2)
         ORDER BY account_id LIMIT 1`,
        [store, after],
      )
      return rows[0]?.account_id ?? null
    },
    async digests(accountId, ranges) {
      const width = ranges[0]?.width ?? 1
      const { rows } = await db.pool.query<{ first: number; records: number; high: string; low: string }>(
        `SELECT bucket / $3::int * $3::int AS first, count(*)::int AS records,
           bit_xor(checksum_high)::text AS high, bit_xor(checksum_low)::text AS low
         FROM dual_records JOIN unnest($4::int[]) AS wanted(first)
           ON bucket >= wanted.first AND bucket < wanted.first + $3::int
         WHERE account_id = $1 AND store = $2 GROUP BY 1`,
        [accountId, store, width, ranges.map(({ first }) => first)],
      )
      return rows.map((row): BucketDigest => ({ ...row, width }))
    },
  }
}
