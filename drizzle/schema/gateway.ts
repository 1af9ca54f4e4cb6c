import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  jsonb,
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
 * kept answer's key, so that none from before a purge is found after it, whoever keeps it. Written by purges, and by orders
 * to warm up, which leave the generation alone.
 */
export const answerCacheGenerations = pgTable('answer_cache_generations', {
  accountId: text('account_id').primaryKey(),
  generation: integer('generation').notNull(),
  /** How often somebody had its warm-up list asked. */
  warmOrders: integer('warm_orders').notNull().default(0),
  /** Of the last purge or order. */
  purgedAt: instant('purged_at').notNull(),
})

/** Requests whose answers are to be kept before anybody asks. Operators' own texts: no fan's, which a check at the door holds. */
export const answerCacheWarmUps = pgTable(
  'answer_cache_warm_ups',
  {
    accountId: text('account_id').notNull(),
    /** `wup_…` */
    id: text('id').notNull(),
    /** The API key in whose name it is asked: its account pays, and its plan's limits hold. */
    keyId: text('key_id').notNull(),
    /** Body of a chat request in OpenAI's dialect, as it is asked. */
    request: jsonb('request').notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [primaryKey({ name: 'answer_cache_warm_ups_pk', columns: [table.accountId, table.id] })],
)

/** The last warm-up of each store of answers, written as it goes on; rows of instances that are gone go after a day. */
export const answerCacheWarmRuns = pgTable('answer_cache_warm_runs', {
  /** The instance whose memory it fills, or `redis`. */
  holder: text('holder').primaryKey(),
  trigger: text('trigger', { enum: ['start', 'purge', 'order'] }).notNull(),
  /** Sum of all generations and orders when it began: what is older is done. */
  revision: bigint('revision', { mode: 'number' }).notNull(),
  state: text('state', { enum: ['running', 'done', 'stopped', 'cost_cap', 'failing'] }).notNull(),
  total: integer('total').notNull(),
  /** Asked of a provider, and kept. */
  made: integer('made').notNull(),
  /** Kept already. */
  kept: integer('kept').notNull(),
  /** No rule keeps their answers now. */
  skipped: integer('skipped').notNull(),
  failed: integer('failed').notNull(),
  /** Code of the last failure. */
  errorCode: text('error_code'),
  /** 10⁻¹² USD that the accounts paid. */
  costPicoUsd: bigint('cost_pico_usd', { mode: 'bigint' }).notNull(),
  startedAt: instant('started_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
