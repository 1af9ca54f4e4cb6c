import { sql } from 'drizzle-orm'
import { bigint, numeric, pgTable, primaryKey, smallint, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const count = (name: string) => bigint(name, { mode: 'bigint' }).notNull().default(sql`0`)

/**
 * What the console's live views read instead of the ledger: totals over all accounts, by minute and by hour.
 * `instance_id` is in the key so that instances never wait for each other's rows.
 */
export const trafficRollups = pgTable(
  'traffic_rollups',
  {
    grain: text('grain', { enum: ['minute', 'hour'] }).notNull(),
    bucketStart: instant('bucket_start').notNull(),
    instanceId: text('instance_id').notNull(),
    tier: text('tier').notNull(),
    deploymentId: text('deployment_id').notNull(),
    provider: text('provider').notNull(),
    operation: text('operation').notNull(),
    outcome: text('outcome').notNull(),
    requests: count('requests'),
    attempts: count('attempts'),
    unpriced: count('unpriced'),
    inputTokens: count('input_tokens'),
    outputTokens: count('output_tokens'),
    costPicoUsd: numeric('cost_pico_usd', { mode: 'bigint' }).notNull().default(sql`0`),
    overheadUs: count('overhead_us'),
  },
  (table) => [
    primaryKey({
      name: 'traffic_rollups_pk',
      columns: [
        table.grain,
        table.bucketStart,
        table.instanceId,
        table.tier,
        table.deploymentId,
        table.provider,
        table.operation,
        table.outcome,
      ],
    }),
  ],
)

/**
 * Histograms of latency and time to first token (successes only), with the buckets of
 * `lib/telemetry/latency-buckets`.
 */
export const latencyRollups = pgTable(
  'latency_rollups',
  {
    grain: text('grain', { enum: ['minute', 'hour', 'day'] }).notNull(),
    bucketStart: instant('bucket_start').notNull(),
    instanceId: text('instance_id').notNull(),
    tier: text('tier').notNull(),
    deploymentId: text('deployment_id').notNull(),
    signal: text('signal', { enum: ['latency', 'first_token'] }).notNull(),
    /** Index of the bucket: values up to and including its upper bound, in milliseconds. */
    bucket: smallint('bucket').notNull(),
    requests: count('requests'),
  },
  (table) => [
    primaryKey({
      name: 'latency_rollups_pk',
      columns: [
        table.grain,
        table.bucketStart,
        table.instanceId,
        table.tier,
        table.deploymentId,
        table.signal,
        table.bucket,
      ],
    }),
  ],
)
