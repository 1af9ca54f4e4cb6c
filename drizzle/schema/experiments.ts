import { sql } from 'drizzle-orm'
import {
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const total = (name: string) => doublePrecision(name).notNull().default(0)

/**
 * What callers' users, or evaluations, thought of an answer: one row per request, kind and rater, replaced when they change
 * their mind. Holds no id of a person: raters and creators are keyed pseudonyms, comments are redacted. Kept as long as the
 * ledger.
 */
export const feedback = pgTable(
  'feedback',
  {
    accountId: text('account_id').notNull(),
    requestId: text('request_id').notNull(),
    kind: text('kind', { enum: ['user', 'evaluation'] }).notNull(),
    /** Keyed pseudonym of who rated; empty = nobody was named. */
    rater: text('rater').notNull(),
    /** 0–1. */
    score: doublePrecision('score').notNull(),
    label: text('label'),
    /** Redacted. */
    comment: text('comment'),
    /** Keyed pseudonym of the request's creator. */
    creator: text('creator'),
    /** Of the request. */
    startedAt: instant('started_at').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'feedback_pk',
      columns: [table.accountId, table.requestId, table.kind, table.rater],
    }),
    index('feedback_request').on(table.requestId),
    index('feedback_started').on(table.startedAt),
    index('feedback_rater').on(table.rater).where(sql`${table.rater} <> ''`),
    index('feedback_creator').on(table.creator).where(sql`${table.creator} is not null`),
  ],
)

/** Experiments: what they compare, where they stand, and what was decided. */
export const experiments = pgTable(
  'experiments',
  {
    /** `exp_…`, also the salt of the assignment. */
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** `experimentPlan` of `lib/experiments/experiment-plan`. */
    plan: jsonb('plan').notNull(),
    phase: text('phase', { enum: ['draft', 'running', 'stopped', 'concluded'] }).notNull(),
    /** Raised by every change: who changes an older one is told. */
    version: integer('version').notNull(),
    /** Treatments that were taken out: name → why. */
    stopped: jsonb('stopped').$type<Record<string, string>>().notNull(),
    /** Evidence on counted metrics by treatment, up to `counted_through`; written by the evaluator alone. */
    counted: jsonb('counted').notNull(),
    countedThrough: instant('counted_through'),
    /** Since when its sample is mismatched; null = it is not. Written by the evaluator. */
    mismatchedSince: instant('mismatched_since'),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    /** The variant that was decided for; null = none. */
    decision: text('decision'),
    /** The rollout that brings the winner to everybody. */
    rolloutId: text('rollout_id'),
  },
  (table) => [index('experiments_phase').on(table.phase, table.createdAt)],
)

/** What happened to each experiment, newest last. */
export const experimentEvents = pgTable(
  'experiment_events',
  {
    /** `exe_…` */
    id: text('id').primaryKey(),
    experimentId: text('experiment_id').notNull(),
    at: instant('at').notNull(),
    kind: text('kind', {
      enum: ['created', 'started', 'variant_stopped', 'mismatch', 'mismatch_over', 'stopped', 'concluded'],
    }).notNull(),
    variant: text('variant'),
    /** The operator's own words, redacted, or the sentence of what decided. */
    reason: text('reason').notNull(),
    /** The numbers that decided; null where a person did. */
    reading: jsonb('reading'),
    /** Null = by itself. */
    actorId: text('actor_id'),
  },
  (table) => [index('experiment_events_experiment').on(table.experimentId, table.at)],
)

/**
 * One row per unit that a variant was applied to: its exposure, and what it added up since. Written by additive batches;
 * holds no id of a person, the unit is a digest of experiment, account and id.
 */
export const experimentUnits = pgTable(
  'experiment_units',
  {
    accountId: text('account_id').notNull(),
    experimentId: text('experiment_id').notNull(),
    unit: text('unit').notNull(),
    /** The variant of its first exposure. */
    variant: text('variant').notNull(),
    exposedAt: instant('exposed_at').notNull(),
    requests: total('requests'),
    errors: total('errors'),
    refusals: total('refusals'),
    answers: total('answers'),
    /** Sum over answers. */
    latencyMs: total('latency_ms'),
    streams: total('streams'),
    /** Sum over streams. */
    firstTokenMs: total('first_token_ms'),
    /** Requests with a price. */
    priced: total('priced'),
    costNanoUsd: total('cost_nano_usd'),
    inputTokens: total('input_tokens'),
    outputTokens: total('output_tokens'),
    /** Scores of users and their sum, 0–1 each; of evaluations likewise. */
    feedback: total('feedback'),
    feedbackSum: total('feedback_sum'),
    evaluations: total('evaluations'),
    evaluationSum: total('evaluation_sum'),
  },
  (table) => [
    primaryKey({ name: 'experiment_units_pk', columns: [table.accountId, table.experimentId, table.unit] }),
    index('experiment_units_variant').on(table.experimentId, table.variant),
  ],
)

/** What is counted of each variant in spans of 15 s: what exact evidence is made of, kept for two days. Written by additive batches. */
export const experimentSpans = pgTable(
  'experiment_spans',
  {
    experimentId: text('experiment_id').notNull(),
    startsAt: instant('starts_at').notNull(),
    variant: text('variant').notNull(),
    requests: total('requests'),
    errors: total('errors'),
    refusals: total('refusals'),
  },
  (table) => [
    primaryKey({ name: 'experiment_spans_pk', columns: [table.experimentId, table.startsAt, table.variant] }),
    index('experiment_spans_starts').on(table.startsAt),
  ],
)

/** Where the metric that decides stood at each time: what the chart of a narrowing interval is drawn from. */
export const experimentReadings = pgTable(
  'experiment_readings',
  {
    experimentId: text('experiment_id').notNull(),
    variant: text('variant').notNull(),
    at: instant('at').notNull(),
    units: integer('units').notNull(),
    /** Variant − control and its interval, in the metric's unit. */
    difference: doublePrecision('difference').notNull(),
    lower: doublePrecision('lower').notNull(),
    upper: doublePrecision('upper').notNull(),
  },
  (table) => [uniqueIndex('experiment_readings_at').on(table.experimentId, table.variant, table.at)],
)
