import { experimentMetricNames, metricDefinitions } from '#lib/experiments/experiment-metrics'
import { noVariantSamples, type VariantSamples } from '#lib/experiments/experiment-samples'
import type { UnitSample } from '#lib/experiments/unit-sample'
import type { Database } from '#server/db/database'
import { unitColumn } from '#server/experiments/unit-columns'

/** What is added up of each metric, in the order of `UnitSample`. */
const sums = experimentMetricNames.map((metric) => {
  const { total, over } = metricDefinitions[metric]
  const [x, n] = [unitColumn(total), unitColumn(over)]
  return `jsonb_build_array(count(*) FILTER (WHERE ${n} > 0), sum(${n}), sum(${x}), sum(${n} * ${n}),
    sum(${x} * ${x}), sum(${x} * ${n})) AS ${metric}`
})

const statement = `SELECT variant, count(*)::int AS exposures, ${sums.join(', ')}
FROM experiment_units WHERE experiment_id = $1 GROUP BY variant`

type Row = { variant: string; exposures: number } & Record<string, unknown>

/** The samples of an experiment by variant, from one pass over its units. */
export async function readSamples(
  { pool }: Pick<Database, 'pool'>,
  experimentId: string,
): Promise<Record<string, VariantSamples>> {
  const { rows } = await pool.query<Row>(statement, [experimentId])
  return Object.fromEntries(rows.map((row) => [row.variant, toSamples(row)]))
}

function toSamples(row: Row): VariantSamples {
  const metrics = { ...noVariantSamples.metrics }
  for (const metric of experimentMetricNames) metrics[metric] = toSample(row[metric])
  return { exposures: row.exposures, metrics }
}

function toSample(value: unknown): UnitSample {
  const [units = 0, count = 0, sum = 0, countSquares = 0, sumSquares = 0, products = 0] = Array.isArray(value)
    ? value.map(Number)
    : []
  return { units, count, sum, countSquares, sumSquares, products }
}
