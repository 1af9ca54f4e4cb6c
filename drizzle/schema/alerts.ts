import { sql } from 'drizzle-orm'
import {
  boolean,
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
const labels = () => jsonb('labels').$type<Record<string, string>>().notNull()

/** Rules that operators made or changed; the ones that are built in have a row only when they were changed. */
export const alertRules = pgTable('alert_rules', {
  /** Of a built-in rule its name, of another `rul_…`. */
  id: text('id').primaryKey(),
  /** `alertRule` of `lib/alerts/alert-rule`. */
  rule: jsonb('rule').notNull(),
  changedAt: instant('changed_at').notNull(),
  changedBy: text('changed_by').notNull(),
})

/** One row per time that a rule found something wrong with one group; written by the evaluator and by acknowledging. */
export const alerts = pgTable(
  'alerts',
  {
    /** `alr_…` */
    id: text('id').primaryKey(),
    ruleId: text('rule_id').notNull(),
    /** Rule and labels as one text: of each there is at most one that is not resolved. */
    fingerprint: text('fingerprint').notNull(),
    labels: labels(),
    state: text('state', { enum: ['pending', 'firing', 'acknowledged', 'resolved'] }).notNull(),
    severity: text('severity', { enum: ['critical', 'warning', 'info'] }).notNull(),
    /** For a person, redacted: what is wrong, with the numbers. */
    sentence: text('sentence').notNull(),
    metric: text('metric').notNull(),
    unit: text('unit').notNull(),
    /** As last seen, the worst seen, and what it is compared with. */
    value: doublePrecision('value').notNull(),
    worst: doublePrecision('worst').notNull(),
    threshold: doublePrecision('threshold').notNull(),
    /** Requests that caused it, newest first. */
    requestIds: jsonb('request_ids').$type<string[]>().notNull(),
    pendingAt: instant('pending_at').notNull(),
    /** Null while pending. */
    firedAt: instant('fired_at'),
    /** Since when it has been well again without a break; null while it is not. */
    clearSince: instant('clear_since'),
    resolvedAt: instant('resolved_at'),
    acknowledgedAt: instant('acknowledged_at'),
    acknowledgedBy: text('acknowledged_by'),
    /** Channels were told that it fires; one that was silenced all along tells nobody. */
    notified: boolean('notified').notNull().default(false),
    /** The silence that covers it now. */
    silenceId: text('silence_id'),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('alerts_open').on(table.fingerprint).where(sql`${table.state} <> 'resolved'`),
    index('alerts_fired').on(table.firedAt, table.id).where(sql`${table.firedAt} is not null`),
    index('alerts_resolved').on(table.resolvedAt).where(sql`${table.resolvedAt} is not null`),
  ],
)

/** What happened to each alert, for its history. */
export const alertEvents = pgTable(
  'alert_events',
  {
    /** `ale_…` */
    id: text('id').primaryKey(),
    alertId: text('alert_id').notNull(),
    kind: text('kind', { enum: ['fired', 'acknowledged', 'silenced', 'unsilenced', 'resolved'] }).notNull(),
    at: instant('at').notNull(),
    value: doublePrecision('value').notNull(),
    /** Null = by itself. */
    actorId: text('actor_id'),
    /** Redacted. */
    note: text('note'),
  },
  (table) => [index('alert_events_alert').on(table.alertId, table.at)],
)

/** Alerts that match rule and labels are shown, and tell no channel, until the silence ends. */
export const alertSilences = pgTable(
  'alert_silences',
  {
    /** `sil_…` */
    id: text('id').primaryKey(),
    /** Null = every rule. */
    ruleId: text('rule_id'),
    /** All of them must be the alert's. */
    labels: labels(),
    startsAt: instant('starts_at').notNull(),
    endsAt: instant('ends_at').notNull(),
    /** The operator's own words, redacted. */
    reason: text('reason').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [index('alert_silences_ends').on(table.endsAt)],
)

/** Where alerts are sent. */
export const alertChannels = pgTable('alert_channels', {
  /** `chn_…` */
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  kind: text('kind', { enum: ['webhook', 'email'] }).notNull(),
  enabled: boolean('enabled').notNull(),
  /** The least severity that is sent. */
  severity: text('severity', { enum: ['critical', 'warning', 'info'] }).notNull(),
  /** Ids of the rules whose alerts are sent; null = of all. */
  rules: text('rules').array(),
  /** `webhookConfig` or `emailConfig` of `lib/contracts/alert-channels`; no secrets. */
  config: jsonb('config').notNull(),
  /** AES-256-GCM under a key derived from AUTH_SECRET; null = none. */
  secret: text('secret'),
  changedAt: instant('changed_at').notNull(),
  changedBy: text('changed_by').notNull(),
})

/** What is to be sent, was sent, or could not be: written with the event, so that nothing is lost in between. */
export const alertDeliveries = pgTable(
  'alert_deliveries',
  {
    /** `msg_…`, the same on every try: receivers know a repetition by it. */
    id: text('id').primaryKey(),
    channelId: text('channel_id').notNull(),
    /** Null = a test. */
    alertId: text('alert_id'),
    eventId: text('event_id'),
    /** The message, redacted: `alertMessage` of `lib/alerts/alert-message`. */
    message: jsonb('message').notNull(),
    state: text('state', { enum: ['waiting', 'sent', 'dead'] }).notNull(),
    tries: integer('tries').notNull().default(0),
    /** When it may be tried next; while one instance tries it, when another may take over. */
    nextAt: instant('next_at').notNull(),
    createdAt: instant('created_at').notNull(),
    finishedAt: instant('finished_at'),
    /** Why the last try failed, redacted. */
    error: text('error'),
  },
  (table) => [
    uniqueIndex('alert_deliveries_event').on(table.eventId, table.channelId),
    index('alert_deliveries_due').on(table.nextAt).where(sql`${table.state} = 'waiting'`),
    index('alert_deliveries_channel').on(table.channelId, table.createdAt),
  ],
)

/** Observed values, written where they changed: an alert's graph, and what a rule would have said of the past days. */
export const alertSamples = pgTable(
  'alert_samples',
  {
    metric: text('metric').notNull(),
    /** The labels as one text. */
    series: text('series').notNull(),
    at: instant('at').notNull(),
    /** Null = nothing was observed any more. */
    value: doublePrecision('value'),
    /** How many things the value was made of; null = not said. */
    sample: integer('sample'),
  },
  (table) => [
    primaryKey({ name: 'alert_samples_pk', columns: [table.metric, table.series, table.at] }),
    index('alert_samples_at').on(table.at),
  ],
)
