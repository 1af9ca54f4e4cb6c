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
    index('ledger_entries_creator')
      .on(table.creatorId, table.startedAt, table.id)
      .where(sql`${table.creatorId} is not null`),
  ],
)

/**
 * Daily totals per account, kept in step with the ledger by the same statement. UTC days.
 */
export const usageDays = pgTable(
  'usage_days',
  {
    accountId: text('account_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    creatorId: text('creator_id').notNull().default(''),
    operation: text('operation').notNull(),
    tier: text('tier').notNull(),
    provider: text('provider').notNull(),
    deploymentId: text('deployment_id').notNull(),
    model: text('model').notNull(),
    requests: count('requests'),
    errors: count('errors'),
    unpriced: count('unpriced'),
    inputTokens: count('input_tokens'),
    cachedInputTokens: count('cached_input_tokens'),
    outputTokens: count('output_tokens'),
    costPicoUsd: numeric('cost_pico_usd', { mode: 'bigint' }).notNull().default(sql`0`),
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
  ],
)
