import { type UnitTotals, unitTotalNames } from '#lib/experiments/experiment-metrics'
import type { Database } from '#server/db/database'
import { unitColumn, unitColumns } from '#server/experiments/unit-columns'
import { unitKey } from '#server/experiments/unit-key'

/** What one unit did since it was last written. */
export interface CountedUnit {
  experimentId: string
  variant: string
  accountId: string
  /** The creator or session; only its digest is written. */
  person: string
  exposedAtMs: number
  totals: UnitTotals
}

/** What one variant did in one span of 15 s. */
export interface CountedSpan {
  experimentId: string
  variant: string
  startsAtMs: number
  requests: number
  errors: number
  refusals: number
}

const unitStatement = `
INSERT INTO experiment_units AS present
  (account_id, experiment_id, unit, variant, exposed_at, ${unitColumns.join(', ')})
SELECT account_id, experiment_id, unit, variant, exposed_at, ${unitColumns.join(', ')}
FROM jsonb_to_recordset($1::jsonb) AS batch(account_id text, experiment_id text, unit text, variant text,
  exposed_at timestamptz, ${unitColumns.map((name) => `${name} float8`).join(', ')})
ON CONFLICT (account_id, experiment_id, unit) DO UPDATE SET
  ${unitColumns.map((name) => `${name} = present.${name} + excluded.${name}`).join(', ')}`

const spanStatement = `
INSERT INTO experiment_spans AS present (experiment_id, starts_at, variant, requests, errors, refusals)
SELECT experiment_id, starts_at, variant, requests, errors, refusals
FROM jsonb_to_recordset($1::jsonb) AS batch(experiment_id text, starts_at timestamptz, variant text,
  requests float8, errors float8, refusals float8)
ON CONFLICT (experiment_id, starts_at, variant) DO UPDATE SET requests = present.requests + excluded.requests,
  errors = present.errors + excluded.errors, refusals = present.refusals + excluded.refusals`

/** Adds what was counted, both or neither; rows in one order, so that instances do not wait for each other in a circle. */
export async function saveTrialCounts(
  { pool }: Pick<Database, 'pool'>,
  { units, spans }: { units: readonly CountedUnit[]; spans: readonly CountedSpan[] },
): Promise<void> {
  const client = await pool.connect()
  let failure: Error | undefined
  try {
    await client.query('BEGIN')
    await client.query(unitStatement, [JSON.stringify(units.map(unitRow).toSorted(byUnit))])
    await client.query(spanStatement, [JSON.stringify(spans.map(spanRow).toSorted(bySpan))])
    await client.query('COMMIT')
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error))
    throw failure
  } finally {
    client.release(failure)
  }
}

function unitRow({ experimentId, variant, accountId, person, exposedAtMs, totals }: CountedUnit) {
  return {
    account_id: accountId,
    experiment_id: experimentId,
    unit: unitKey({ experimentId, accountId, unit: person }),
    variant,
    exposed_at: new Date(exposedAtMs).toISOString(),
    ...Object.fromEntries(unitTotalNames.map((name) => [unitColumn(name), totals[name]])),
  }
}

function spanRow({ experimentId, variant, startsAtMs, ...counts }: CountedSpan) {
  return { experiment_id: experimentId, variant, starts_at: new Date(startsAtMs).toISOString(), ...counts }
}

function byUnit(a: ReturnType<typeof unitRow>, b: ReturnType<typeof unitRow>): number {
  return a.unit < b.unit ? -1 : a.unit > b.unit ? 1 : 0
}

function bySpan(a: ReturnType<typeof spanRow>, b: ReturnType<typeof spanRow>): number {
  const [one, other] = [`${a.starts_at} ${a.variant}`, `${b.starts_at} ${b.variant}`]
  return one < other ? -1 : one > other ? 1 : 0
}
