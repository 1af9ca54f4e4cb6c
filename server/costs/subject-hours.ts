import type { CostSubject } from '#lib/contracts/cost-changes'
import { toUsd } from '#lib/costs/day-series'
import type { Database } from '#server/db/database'

const hourMs = 3_600_000

interface HourSpan {
  /** Whole hours; the end is excluded. */
  fromMs: number
  toMs: number
}

/** What all requests cost by hour, in USD, hours without any as 0; of one account or of all. */
export async function readHours(
  db: Pick<Database, 'pool'>,
  { accountId, ...span }: HourSpan & { accountId: string | null },
): Promise<number[]> {
  return queryHours(db, {
    span,
    from: `route_rollups WHERE ($3::text IS NULL OR account_id = $3)`,
    values: [accountId],
  })
}

/** The same of one creator or operation. */
export async function readSubjectHours(
  db: Pick<Database, 'pool'>,
  { dimension, accountId, value, ...span }: HourSpan & CostSubject,
): Promise<number[]> {
  const from =
    dimension === 'creator'
      ? 'creator_rollups WHERE account_id = $3 AND creator_id = $4'
      : 'route_rollups WHERE account_id = $3 AND operation = $4'
  return queryHours(db, { span, from, values: [accountId, value] })
}

async function queryHours(
  db: Pick<Database, 'pool'>,
  { span: { fromMs, toMs }, from, values }: { span: HourSpan; from: string; values: (string | null)[] },
): Promise<number[]> {
  const { rows } = await db.pool.query<{ hour: string; cost: string }>(
    `SELECT (extract(epoch FROM bucket_start) * 1000)::bigint::text AS hour, sum(cost_pico_usd)::text AS cost
     FROM ${from} AND grain = 'hour' AND bucket_start >= $1::timestamptz AND bucket_start < $2::timestamptz
     GROUP BY bucket_start`,
    [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), ...values],
  )
  const hours = new Array<number>(Math.max(0, Math.round((toMs - fromMs) / hourMs))).fill(0)
  for (const { hour, cost } of rows) hours[Math.round((Number(hour) - fromMs) / hourMs)] = toUsd(BigInt(cost))
  return hours
}
