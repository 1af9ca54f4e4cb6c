import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  numeric,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/**
 * One row per call to a provider, whatever became of it, written with its request's ledger entry.
 * Partitioned by month of `started_at`, which is the *request's* start, so that both rows share a partition.
 */
export const attempts = pgTable(
  'attempts',
  {
    accountId: text('account_id').notNull(),
    startedAt: instant('started_at').notNull(),
    requestId: text('request_id').notNull(),
    /** From 1, in the order in which they began. */
    sequence: smallint('sequence').notNull(),
    deploymentId: text('deployment_id').notNull(),
    provider: text('provider').notNull(),
    region: text('region').notNull(),
    model: text('model').notNull(),
    outcome: text('outcome', { enum: ['success', 'error', 'cancelled', 'cut'] }).notNull(),
    /** `FailureClass`, null on success. */
    failureClass: text('failure_class'),
    /** The provider's HTTP status, null when it never answered. */
    httpStatus: smallint('http_status'),
    /** The provider's own code and message, redacted. */
    errorMessage: text('error_message'),
    /** Milliseconds between the request's start and the attempt's. */
    offsetMs: integer('offset_ms').notNull(),
    firstTokenMs: integer('first_token_ms'),
    durationMs: integer('duration_ms').notNull(),
    inputTokens: integer('input_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    /** 10⁻¹² USD; null when unpriced. */
    costPicoUsd: bigint('cost_pico_usd', { mode: 'bigint' }),
    providerRequestId: text('provider_request_id'),
    /** Its W3C span id, which the provider saw in `traceparent`; null in rows of earlier versions. */
    spanId: text('span_id'),
    /** Why it was asked: `AttemptReason`; null in rows of earlier versions. */
    reason: text('reason'),
    /** The breaker that let it through: `closed`, or `half_open` for a probe; null for a call past the breakers. */
    breakerPhase: text('breaker_phase'),
  },
  (table) => [
    primaryKey({
      name: 'attempts_pk',
      columns: [table.accountId, table.startedAt, table.requestId, table.sequence],
    }),
    /** What failed lately, which the roll-ups do not say by deployment. Calls that succeed cost it nothing. */
    index('attempts_failed').on(table.startedAt).where(sql`${table.outcome} <> 'success'`),
  ],
)

/**
 * What became of requests that an answer cache stood before, by hour. Kept in step with the ledger by the same statement;
 * requests of routes without a cache are not in it.
 */
export const answerCacheHours = pgTable(
  'answer_cache_hours',
  {
    accountId: text('account_id').notNull(),
    hour: instant('hour').notNull(),
    tier: text('tier').notNull(),
    result: text('result', { enum: ['hit', 'miss', 'bypass', 'stale'] }).notNull(),
    requests: bigint('requests', { mode: 'bigint' }).notNull(),
    /** 10⁻¹² USD that the same answers cost when a provider gave them; 0 where nothing was saved or had a price. */
    savedPicoUsd: numeric('saved_pico_usd', { mode: 'bigint' }).notNull(),
  },
  (table) => [
    primaryKey({
      name: 'answer_cache_hours_pk',
      columns: [table.accountId, table.hour, table.tier, table.result],
    }),
    index('answer_cache_hours_hour').on(table.hour),
  ],
)

/**
 * How often an account's kept answers were thrown away; `account_id` `*` is every account. The numbers are part of each
 * kept answer's key, so that none from before a purge is found after it, whoever keeps it. Written by purges alone.
 */
export const answerCacheGenerations = pgTable('answer_cache_generations', {
  accountId: text('account_id').primaryKey(),
  generation: integer('generation').notNull(),
  purgedAt: instant('purged_at').notNull(),
})
