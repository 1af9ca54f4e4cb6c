import type { CostSubject } from '#lib/contracts/cost-changes'
import type { DayCost } from '#lib/costs/day-series'
import type { Database } from '#server/db/database'

/** A creator or an operation with what its days cost; days without a row cost nothing. */
export interface SubjectDays extends CostSubject {
  days: readonly DayCost[]
}

export interface SubjectSpan {
  dimension: CostSubject['dimension']
  accountId: string | null
  /** UTC days, both included. */
  fromDay: string
  toDay: string
  /** Those that cost less over the span are left out. */
  minimumUsd: number
}

/** The dearest of a dimension are looked at, no more: one statement, a bounded answer. */
const mostSubjects = 500

const tables = {
  creator: { name: 'creator_rollups', column: 'creator_id' },
  operation: { name: 'route_rollups', column: 'operation' },
} as const

/** The dearest creators or operations of a span by day, from the daily roll-ups, and how many there are. */
export async function readSubjectDays(
  db: Pick<Database, 'pool'>,
  { dimension, accountId, fromDay, toDay, minimumUsd }: SubjectSpan,
): Promise<{ subjects: number; rows: SubjectDays[] }> {
  const { name, column } = tables[dimension]
  const found = await db.pool.query<{
    account: string
    value: string
    day: string
    cost: string
    subjects: number
  }>(
    `WITH days AS (
       SELECT account_id AS account, ${column} AS value, bucket_start, sum(cost_pico_usd) AS cost FROM ${name}
       WHERE grain = 'day' AND bucket_start >= $1::timestamptz AND bucket_start <= $2::timestamptz AND ${column} <> ''
         AND ($3::text IS NULL OR account_id = $3)
       GROUP BY account_id, ${column}, bucket_start
     ), dearest AS (
       SELECT account, value, count(*) OVER () AS subjects FROM days
       GROUP BY account, value HAVING sum(cost) >= $4::numeric
       ORDER BY sum(cost) DESC, account, value LIMIT $5
     )
     SELECT account, value, (bucket_start AT TIME ZONE 'UTC')::date::text AS day, cost::text AS cost,
       subjects::int AS subjects
     FROM days JOIN dearest USING (account, value) ORDER BY account, value, day`,
    [
      `${fromDay}T00:00:00Z`,
      `${toDay}T00:00:00Z`,
      accountId,
      String(BigInt(Math.round(minimumUsd * 1e6)) * 1_000_000n),
      mostSubjects,
    ],
  )
  const bySubject = Map.groupBy(found.rows, ({ account, value }) => `${account}\n${value}`)
  const rows = [...bySubject.values()].flatMap((days) => {
    const [first] = days
    if (!first) return []
    const costs = days.map(({ day, cost }) => ({ day, costPicoUsd: BigInt(cost) }))
    return [{ dimension, accountId: first.account, value: first.value, days: costs }]
  })
  return { subjects: found.rows[0]?.subjects ?? 0, rows }
}

/** First day of each account within a span; before it nothing was asked, which is no baseline. */
export async function readFirstDays(
  db: Pick<Database, 'pool'>,
  { fromDay, accountId }: Pick<SubjectSpan, 'fromDay' | 'accountId'>,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.pool.query<{ account: string; day: string }>(
    `SELECT account_id AS account, (min(bucket_start) AT TIME ZONE 'UTC')::date::text AS day FROM route_rollups
     WHERE grain = 'day' AND bucket_start >= $1::timestamptz AND ($2::text IS NULL OR account_id = $2)
     GROUP BY account_id`,
    [`${fromDay}T00:00:00Z`, accountId],
  )
  return new Map(rows.map(({ account, day }) => [account, day]))
}
