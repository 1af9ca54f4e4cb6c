import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
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
const phase = (name: string) =>
  text(name, {
    enum: [
      'pending',
      'running',
      'held',
      'awaiting_approval',
      'paused',
      'rolled_back',
      'completed',
      'retired',
    ],
  })

/** How the traffic of a tier, or of one operation of it, moves to a candidate; the row is its state now. */
export const rollouts = pgTable(
  'rollouts',
  {
    /** `rol_…` */
    id: text('id').primaryKey(),
    tier: text('tier').notNull(),
    /** Null = every operation of the tier. */
    operation: text('operation'),
    /** `"legacy"`, or a chain of deployment ids as JSON. */
    baseline: jsonb('baseline').notNull(),
    /** A chain of deployment ids; null = the tier's own. */
    candidate: jsonb('candidate'),
    /** `RolloutPlan`; never changed. */
    plan: jsonb('plan').notNull(),
    /** Decides who is in which share, for the whole life of the rollout. */
    salt: text('salt').notNull(),
    /** `PreFlight` as it was when the rollout was made. */
    preFlight: jsonb('pre_flight').notNull(),
    phase: phase('phase').notNull(),
    step: integer('step').notNull(),
    /** Raised by every change: who changes an older one is refused. */
    version: integer('version').notNull(),
    /** The version at which the present stay at a step began. */
    visit: integer('visit').notNull(),
    /** The visit whose running conversations stay where they are; null = none do, as after a step down. */
    priorVisit: integer('prior_visit'),
    /** Null before the start. */
    stepSince: instant('step_since'),
    changedAt: instant('changed_at').notNull(),
    reason: text('reason').notNull(),
    /** Null = the evaluator. */
    actorId: text('actor_id'),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    startedAt: instant('started_at'),
    /** `RolloutProgress`: the evidence so far and the counts it was made of; null before the first look. */
    progress: jsonb('progress'),
    /** Raised by every look: two instances that look at once do not count a span twice. */
    looks: bigint('looks', { mode: 'number' }).notNull().default(sql`0`),
    lookedAt: instant('looked_at'),
  },
  (table) => [
    uniqueIndex('rollouts_live')
      .on(table.tier, sql`coalesce(${table.operation}, '')`)
      .where(sql`${table.phase} IN ('pending', 'running', 'held', 'awaiting_approval', 'paused')`),
    index('rollouts_recent').on(table.createdAt),
  ],
)

/** What happened to each rollout: who moved it, when, why, and the numbers that decided. */
export const rolloutEvents = pgTable(
  'rollout_events',
  {
    rolloutId: text('rollout_id').notNull(),
    /** The version that it made. */
    version: integer('version').notNull(),
    at: instant('at').notNull(),
    /** Null = the evaluator. */
    actorId: text('actor_id'),
    command: text('command').notNull(),
    fromPhase: phase('from_phase').notNull(),
    toPhase: phase('to_phase').notNull(),
    fromStep: integer('from_step').notNull(),
    toStep: integer('to_step').notNull(),
    fromWeightBps: integer('from_weight_bps').notNull(),
    toWeightBps: integer('to_weight_bps').notNull(),
    reason: text('reason').notNull(),
    /** Gates and guardrails of the verdict as they were then; null where there was none. */
    verdict: jsonb('verdict'),
  },
  (table) => [
    primaryKey({ name: 'rollout_events_pk', columns: [table.rolloutId, table.version] }),
    index('rollout_events_at').on(table.at),
  ],
)

/**
 * What each side did in each visit, as every instance counted it: one row per instance with its totals so far, so that
 * writing it twice, or late, changes nothing.
 */
export const rolloutCounts = pgTable(
  'rollout_counts',
  {
    rolloutId: text('rollout_id').notNull(),
    visit: integer('visit').notNull(),
    instanceId: text('instance_id').notNull(),
    /** The candidate's share in this visit. */
    weightBps: integer('weight_bps').notNull(),
    /** `RolloutSpan`: both sides, of one moment; `dropped`: sampled requests that were not mirrored, by why. */
    counts: jsonb('counts').notNull(),
  },
  (table) => [
    primaryKey({ name: 'rollout_counts_pk', columns: [table.rolloutId, table.visit, table.instanceId] }),
  ],
)

/** Units (conversations, creators) that each side has seen in each visit; gone when the rollout is rolled back or retired. */
export const rolloutUnits = pgTable(
  'rollout_units',
  {
    rolloutId: text('rollout_id').notNull(),
    visit: integer('visit').notNull(),
    /** A salted hash: nobody can be found by it. */
    unit: text('unit').notNull(),
    side: text('side', { enum: ['baseline', 'candidate'] }).notNull(),
    /** It is a conversation, which stays at its side when the next step begins. */
    session: boolean('session').notNull(),
    /** A conversation of the visit before: it stays at its side and is no part of this visit's split. */
    kept: boolean('kept').notNull(),
    /** To about a minute. */
    lastSeen: instant('last_seen').notNull(),
  },
  (table) => [
    primaryKey({ name: 'rollout_units_pk', columns: [table.rolloutId, table.visit, table.unit] }),
    index('rollout_units_seen').on(table.rolloutId, table.visit, table.lastSeen),
  ],
)

/** How the guardrails stood over time: every few seconds at the beginning of a visit, then every minute. */
export const rolloutReadings = pgTable(
  'rollout_readings',
  {
    rolloutId: text('rollout_id').notNull(),
    at: instant('at').notNull(),
    step: integer('step').notNull(),
    weightBps: integer('weight_bps').notNull(),
    /** `GuardrailReading` without its text, by metric. */
    guardrails: jsonb('guardrails').notNull(),
    /** Requests of both sides since the rollout began. */
    baselineRequests: bigint('baseline_requests', { mode: 'number' }).notNull(),
    candidateRequests: bigint('candidate_requests', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ name: 'rollout_readings_pk', columns: [table.rolloutId, table.at] })],
)

/** How many requests of each day used which feature: what a target is held against. Nothing of what they said. */
export const featureUses = pgTable(
  'feature_uses',
  {
    day: date('day', { mode: 'string' }).notNull(),
    instanceId: text('instance_id').notNull(),
    tier: text('tier').notNull(),
    operation: text('operation').notNull(),
    /** `UsedFeature`. */
    feature: text('feature').notNull(),
    /** This instance's total of the day. */
    requests: bigint('requests', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({
      name: 'feature_uses_pk',
      columns: [table.day, table.tier, table.operation, table.feature, table.instanceId],
    }),
  ],
)

/**
 * What the mirrors of each rollout may cost and have cost. Money is set aside before a call and settled after it, each by one
 * statement, so that all instances together keep the cap.
 */
export const shadowSpends = pgTable('shadow_spends', {
  rolloutId: text('rollout_id').primaryKey(),
  /** 10⁻¹² USD, as everything below. */
  capPicoUsd: bigint('cap_pico_usd', { mode: 'bigint' }).notNull(),
  /** Spent, and set aside for calls under way; what a killed instance had set aside stays in it. */
  heldPicoUsd: bigint('held_pico_usd', { mode: 'bigint' }).notNull(),
  spentPicoUsd: bigint('spent_pico_usd', { mode: 'bigint' }).notNull(),
  /** When a call was last settled, else when the first was begun; null when none was. */
  settledAt: instant('settled_at'),
  /** Since when nothing is mirrored any more; null = it goes on. */
  capReachedAt: instant('cap_reached_at'),
})

/** One request's answer by the baseline against the candidate's, as classes and numbers. */
export const shadowPairs = pgTable(
  'shadow_pairs',
  {
    accountId: text('account_id').notNull(),
    /** Of the caller's request. */
    startedAt: instant('started_at').notNull(),
    /** `req_…` of the mirror, which is in the ledger of the console's own account. */
    id: text('id').notNull(),
    /** `req_…` of the caller's request. */
    requestId: text('request_id').notNull(),
    rolloutId: text('rollout_id').notNull(),
    visit: integer('visit').notNull(),
    operation: text('operation').notNull(),
    baselineDeployment: text('baseline_deployment').notNull(),
    candidateDeployment: text('candidate_deployment').notNull(),
    /** `ParityClass[]`; empty = alike. */
    differences: jsonb('differences').$type<string[]>().notNull(),
    /** One of the differences can break what the caller does with the answer. */
    breaking: boolean('breaking').notNull(),
    /** `AnswerParity` without its classes. */
    facts: jsonb('facts').notNull(),
    /** Scores 0–1 of the judge, `{ baseline, candidate }`; null where none was asked. */
    judged: jsonb('judged').$type<{ baseline: number; candidate: number }>(),
    /** Of the last attempt of each side. */
    baselineMs: integer('baseline_ms').notNull(),
    candidateMs: integer('candidate_ms').notNull(),
    /** 10⁻¹² USD; null when unpriced. */
    baselinePicoUsd: bigint('baseline_pico_usd', { mode: 'bigint' }),
    /** The mirror's. */
    candidatePicoUsd: bigint('candidate_pico_usd', { mode: 'bigint' }),
    /** Of embeddings and judge. */
    comparisonPicoUsd: bigint('comparison_pico_usd', { mode: 'bigint' }).notNull(),
    /** Redacted beginnings of both answers, only while storing prompts is switched on. */
    baselineText: text('baseline_text'),
    candidateText: text('candidate_text'),
    /** Keyed pseudonyms of the request's creator and fan, for their erasure. */
    creator: text('creator'),
    fan: text('fan'),
  },
  (table) => [
    primaryKey({ name: 'shadow_pairs_pk', columns: [table.accountId, table.startedAt, table.id] }),
    index('shadow_pairs_rollout').on(table.rolloutId, table.startedAt, table.id),
    index('shadow_pairs_started').on(table.startedAt),
    index('shadow_pairs_creator').on(table.creator).where(sql`${table.creator} is not null`),
    index('shadow_pairs_fan').on(table.fan).where(sql`${table.fan} is not null`),
  ],
)
