import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const count = (name: string) => bigint(name, { mode: 'bigint' }).notNull().default(sql`0`)

/**
 * The ledger: one row per request that was admitted and ended, however it ended. Written only by the ledger
 * writer, never updated. Partitioned by month of `started_at` (the migration declares it), `account_id` first so
 * that it can be the distribution column.
 */
export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    accountId: text('account_id').notNull(),
    startedAt: instant('started_at').notNull(),
    /** `req_…`, also the answer's `x-request-id`; unique with the two columns above, which never change for a request. */
    id: text('id').notNull(),
    /** The caller's `x-correlation-id`, else the id itself. */
    correlationId: text('correlation_id').notNull(),
    traceId: text('trace_id').notNull(),
    /** The request's own W3C span id; null in rows of earlier versions. */
    spanId: text('span_id'),
    /** The caller's span, from its `traceparent`; null when the trace began here. */
    parentSpanId: text('parent_span_id'),
    plan: text('plan').notNull(),
    apiKeyId: text('api_key_id'),
    creatorId: text('creator_id'),
    sessionId: text('session_id'),
    /** What the caller was doing (`metadata.operation`), else `chat` or `embeddings`. */
    operation: text('operation').notNull(),
    kind: text('kind', { enum: ['chat', 'embeddings'] }).notNull(),
    /** `model` as the caller wrote it. */
    requestedModel: text('requested_model').notNull(),
    tier: text('tier').notNull().default(''),
    /** The deployment that served, or was tried last. Empty when none was tried. */
    deploymentId: text('deployment_id').notNull().default(''),
    provider: text('provider').notNull().default(''),
    region: text('region').notNull().default(''),
    model: text('model').notNull().default(''),
    streamed: boolean('streamed').notNull(),
    outcome: text('outcome', { enum: ['success', 'error', 'cancelled', 'cut'] }).notNull(),
    /** Catalogue code of the error, null on success. */
    errorCode: text('error_code'),
    httpStatus: smallint('http_status').notNull(),
    finishReason: text('finish_reason'),
    inputTokens: integer('input_tokens').notNull(),
    cachedInputTokens: integer('cached_input_tokens').notNull(),
    cacheWriteTokens: integer('cache_write_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    reasoningTokens: integer('reasoning_tokens').notNull(),
    /** Who counted the tokens: the provider, or we (cut and cancelled streams). */
    usageSource: text('usage_source', { enum: ['provider', 'estimated', 'none'] }).notNull(),
    /** Version of the price book the cost was computed with; null when the model had no price. */
    priceVersion: text('price_version'),
    /** 10⁻¹² USD, exact: the sum over the request's attempts. Null when unpriced: never zero. */
    costPicoUsd: bigint('cost_pico_usd', { mode: 'bigint' }),
    attempts: smallint('attempts').notNull(),
    /** To the first content token; null when there was none or the answer was not streamed. */
    firstTokenMs: integer('first_token_ms'),
    latencyMs: integer('latency_ms').notNull(),
    /** Microseconds from the request's start until its plan was made; null in rows of earlier versions. */
    planUs: integer('plan_us'),
    /** Time spent in this gateway rather than waiting for the provider, in microseconds. */
    overheadUs: integer('overhead_us').notNull(),
    /** `RouteReason[]`: why the plan was what it was. */
    planReasons: jsonb('plan_reasons').notNull(),
    /** Redacted texts, only while storing prompts is switched on. */
    promptText: text('prompt_text'),
    answerText: text('answer_text'),
  },
  (table) => [
    primaryKey({ name: 'ledger_entries_pk', columns: [table.accountId, table.startedAt, table.id] }),
    index('ledger_entries_recent').on(table.startedAt, table.id),
    index('ledger_entries_id').on(table.id),
    index('ledger_entries_trace').on(table.traceId),
    /** Callers who bring no correlation id cost this index nothing. */
    index('ledger_entries_correlation')
      .on(table.correlationId)
      .where(sql`${table.correlationId} <> ${table.id}`),
    /** The console's last incidents. */
    index('ledger_entries_incidents').on(table.startedAt, table.id).where(sql`${table.outcome} <> 'success'`),
    /** What has no price; nothing as long as everything has one. */
    index('ledger_entries_unpriced').on(table.startedAt, table.id).where(sql`${table.costPicoUsd} is null`),
    index('ledger_entries_creator')
      .on(table.creatorId, table.startedAt, table.id)
      .where(sql`${table.creatorId} is not null`),
  ],
)

/** What every roll-up of the ledger counts; `server/costs/ledger-statement.ts` adds to them. */
const measures = () => ({
  requests: count('requests'),
  /** Every outcome but success. */
  errors: count('errors'),
  /** Requests without a price; their cost is unknown and not in `cost_pico_usd`. */
  unpriced: count('unpriced'),
  /** Requests whose tokens we counted, because the provider did not say. */
  estimated: count('estimated'),
  inputTokens: count('input_tokens'),
  /** Part of the input. */
  cachedInputTokens: count('cached_input_tokens'),
  /** Part of the input. */
  cacheWriteTokens: count('cache_write_tokens'),
  outputTokens: count('output_tokens'),
  /** Part of the output. */
  reasoningTokens: count('reasoning_tokens'),
  costPicoUsd: numeric('cost_pico_usd', { mode: 'bigint' }).notNull().default(sql`0`),
})

const route = () => ({
  operation: text('operation').notNull(),
  tier: text('tier').notNull(),
  provider: text('provider').notNull(),
  deploymentId: text('deployment_id').notNull(),
  model: text('model').notNull(),
})

/*
 * Roll-ups of the ledger, kept in step with it by the same statement; UTC. Two narrow ones answer what asks either for
 * creators, who are many, or for the route, whose five dimensions are few together: each has few rows, at every grain.
 * The whole cube, which has many, is kept by day and by month only.
 */

/** Creator × route by day: for reports that ask for creators and for another dimension. Kept for good. */
export const usageDays = pgTable(
  'usage_days',
  {
    accountId: text('account_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    /** Empty for requests without a creator. */
    creatorId: text('creator_id').notNull().default(''),
    ...route(),
    ...measures(),
  },
  (table) => [
    primaryKey({
      name: 'usage_days_pk',
      columns: [
        table.accountId,
        table.day,
        table.creatorId,
        table.operation,
        table.tier,
        table.provider,
        table.deploymentId,
        table.model,
      ],
    }),
    /** Reports over all accounts. */
    index('usage_days_day').on(table.day),
  ],
)

/** Creator × route by UTC month, so that a month of all creators is a twentieth of its days' rows. Kept for good. */
export const usageMonths = pgTable(
  'usage_months',
  {
    accountId: text('account_id').notNull(),
    /** Its first day. */
    month: date('month', { mode: 'string' }).notNull(),
    /** Empty for requests without a creator. */
    creatorId: text('creator_id').notNull(),
    ...route(),
    ...measures(),
  },
  (table) => [
    primaryKey({
      name: 'usage_months_pk',
      columns: [
        table.accountId,
        table.month,
        table.creatorId,
        table.operation,
        table.tier,
        table.provider,
        table.deploymentId,
        table.model,
      ],
    }),
    /** Reports over all accounts. */
    index('usage_months_month').on(table.month),
  ],
)

/** Account × operation, tier, provider, deployment and model, by minute, hour and day. */
export const routeRollups = pgTable(
  'route_rollups',
  {
    accountId: text('account_id').notNull(),
    grain: text('grain', { enum: ['minute', 'hour', 'day'] }).notNull(),
    bucketStart: instant('bucket_start').notNull(),
    ...route(),
    ...measures(),
  },
  (table) => [
    primaryKey({
      name: 'route_rollups_pk',
      columns: [
        table.accountId,
        table.grain,
        table.bucketStart,
        table.operation,
        table.tier,
        table.provider,
        table.deploymentId,
        table.model,
      ],
    }),
    index('route_rollups_time').on(table.grain, table.bucketStart),
  ],
)

/** Account × creator, by minute, hour, day and month. */
export const creatorRollups = pgTable(
  'creator_rollups',
  {
    accountId: text('account_id').notNull(),
    grain: text('grain', { enum: ['minute', 'hour', 'day', 'month'] }).notNull(),
    bucketStart: instant('bucket_start').notNull(),
    /** Empty for requests without a creator. */
    creatorId: text('creator_id').notNull(),
    ...measures(),
  },
  (table) => [
    primaryKey({
      name: 'creator_rollups_pk',
      columns: [table.accountId, table.grain, table.bucketStart, table.creatorId],
    }),
    index('creator_rollups_time').on(table.grain, table.bucketStart),
  ],
)

const picoUsdPer = (name: string) => bigint(name, { mode: 'bigint' })

/**
 * Prices that operators set, beside the built-in list (`lib/costs/built-in-prices.ts`). A row's prices never change:
 * a new price is a new row, a wrong one is withdrawn. Ledger entries keep the version of the book that priced them.
 */
export const modelPrices = pgTable(
  'model_prices',
  {
    /** `prc_…` */
    id: text('id').primaryKey(),
    /** The version of the book that brought it; counts up over all rows. */
    version: integer('version').notNull(),
    /** The version of the book that no longer has it. */
    withdrawnVersion: integer('withdrawn_version'),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    /** UTC days; from the first instant of the first to the first instant of the last. */
    effectiveFrom: date('effective_from', { mode: 'string' }).notNull(),
    /** Null: until the model's next price. */
    effectiveTo: date('effective_to', { mode: 'string' }),
    /** Pico-USD per token; null where another kind's price holds (`lib/costs/price-book.ts`). */
    inputPicoUsd: picoUsdPer('input_pico_usd').notNull(),
    cachedInputPicoUsd: picoUsdPer('cached_input_pico_usd').notNull(),
    cacheWritePicoUsd: picoUsdPer('cache_write_pico_usd'),
    outputPicoUsd: picoUsdPer('output_pico_usd').notNull(),
    reasoningPicoUsd: picoUsdPer('reasoning_pico_usd'),
    embeddingPicoUsd: picoUsdPer('embedding_pico_usd'),
    batchInputPicoUsd: picoUsdPer('batch_input_pico_usd'),
    batchOutputPicoUsd: picoUsdPer('batch_output_pico_usd'),
    trainingPicoUsd: picoUsdPer('training_pico_usd'),
    /** Pico-USD per provisioned throughput unit and hour. */
    ptuHourPicoUsd: picoUsdPer('ptu_hour_pico_usd'),
    /** Where the figures were read, and the day on which the source said so. */
    source: text('source').notNull(),
    asOf: date('as_of', { mode: 'string' }).notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    reason: text('reason').notNull(),
  },
  (table) => [
    uniqueIndex('model_prices_start')
      .on(table.provider, table.model, table.effectiveFrom)
      .where(sql`${table.withdrawnVersion} is null`),
  ],
)

/**
 * Anomalies that somebody has said are meant: they are told no more, and do not alert, until they cost half as much again.
 * Written by operators' deeds alone.
 */
export const costDismissals = pgTable(
  'cost_dismissals',
  {
    accountId: text('account_id').notNull(),
    /** `dis_…` */
    id: text('id').notNull(),
    dimension: text('dimension', { enum: ['creator', 'operation'] }).notNull(),
    /** The creator's id, or the operation's name. */
    value: text('value').notNull(),
    direction: text('direction', { enum: ['up', 'down'] }).notNull(),
    /** First day of the anomaly; found again, it may begin a few days off. */
    startDay: date('start_day', { mode: 'string' }).notNull(),
    /** What a day of it cost when it was dismissed, 10⁻¹² USD. */
    perDayPicoUsd: numeric('per_day_pico_usd', { mode: 'bigint' }).notNull(),
    reason: text('reason').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    /** When it was taken back; null while it holds. */
    withdrawnAt: instant('withdrawn_at'),
  },
  (table) => [
    primaryKey({ name: 'cost_dismissals_pk', columns: [table.accountId, table.id] }),
    index('cost_dismissals_holding').on(table.startDay).where(sql`${table.withdrawnAt} is null`),
  ],
)
