import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** `afterMs`: from the call until the last of them obeyed. */
interface FleetProof {
  acknowledged: number
  instances: number
  afterMs: number
}

interface FirstRequest {
  id: string
  /** ISO 8601 */
  at: string
  deploymentId: string
}

/** Rollback switches, thrown and taken back: a row stays for good, and holds while `returned_at` is null. */
export const trafficSwitches = pgTable(
  'traffic_switches',
  {
    /** `tsw_…` */
    id: text('id').primaryKey(),
    scopeKind: text('scope_kind', { enum: ['all', 'tier', 'operation'] }).notNull(),
    /** Null = every tier. */
    tier: text('tier'),
    /** Null = every operation. */
    operation: text('operation'),
    /** How it was thrown: over the API, or at one instance while the database was away. */
    via: text('via', { enum: ['api', 'file', 'signal'] }).notNull(),
    thrownAt: instant('thrown_at').notNull(),
    thrownBy: text('thrown_by').notNull(),
    reason: text('reason').notNull(),
    /** The configuration version with which it began to hold. */
    thrownVersion: bigint('thrown_version', { mode: 'number' }).notNull(),
    /** Who obeyed and how soon; null where nobody waited for the instances. */
    thrownFleet: jsonb('thrown_fleet').$type<FleetProof>(),
    /** The first request that the legacy providers answered because of it. */
    thrownRequest: jsonb('thrown_request').$type<FirstRequest>(),
    returnedAt: instant('returned_at'),
    returnedBy: text('returned_by'),
    returnReason: text('return_reason'),
    /** The configuration version with which it ceased to hold. */
    returnedVersion: bigint('returned_version', { mode: 'number' }),
    returnedFleet: jsonb('returned_fleet').$type<FleetProof>(),
    /** The first request that Azure answered again. */
    returnedRequest: jsonb('returned_request').$type<FirstRequest>(),
  },
  (table) => [
    uniqueIndex('traffic_switches_in_force')
      .on(table.scopeKind, sql`coalesce(${table.tier}, '')`, sql`coalesce(${table.operation}, '')`)
      .where(sql`${table.returnedAt} IS NULL`),
    index('traffic_switches_thrown').on(table.thrownAt),
  ],
)

/** What each running instance says of itself every few seconds; a row that is no longer written is removed after ten minutes. */
export const instanceReports = pgTable('instance_reports', {
  /** `ins_…` */
  instanceId: text('instance_id').primaryKey(),
  startedAt: instant('started_at').notNull(),
  /** The configuration version that its requests obey. */
  version: bigint('version', { mode: 'number' }).notNull(),
  /** Since when, by the database's clock. */
  obeyedAt: instant('obeyed_at').notNull(),
  reportedAt: instant('reported_at').notNull(),
})

/** The last probe of each legacy route, and what its probes of the day cost. */
export const legacyProbes = pgTable('legacy_probes', {
  deploymentId: text('deployment_id').primaryKey(),
  at: instant('at').notNull(),
  ok: boolean('ok').notNull(),
  latencyMs: integer('latency_ms').notNull(),
  /** Failure class and the provider's words, redacted; null when it answered. */
  failureClass: text('failure_class'),
  message: text('message'),
  limitRequests: integer('limit_requests'),
  remainingRequests: integer('remaining_requests'),
  limitTokens: integer('limit_tokens'),
  remainingTokens: integer('remaining_tokens'),
  /** UTC day that `day_cost_pico_usd` is about. */
  day: date('day', { mode: 'string' }).notNull(),
  dayCostPicoUsd: bigint('day_cost_pico_usd', { mode: 'bigint' }).notNull(),
})
