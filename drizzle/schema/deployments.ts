import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** What operators decided about a deployment beside its breakers; no row = nothing. */
export const deploymentControls = pgTable('deployment_controls', {
  deploymentId: text('deployment_id').primaryKey(),
  /** A drained deployment finishes what it has and is asked again only when nothing else is left. */
  drained: boolean('drained').notNull(),
  /** The operator's own words. */
  reason: text('reason').notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
})

/** The state of each region, shared by all instances: the higher epoch wins; no row = serving. */
export const regionStates = pgTable('region_states', {
  region: text('region').primaryKey(),
  phase: text('phase', { enum: ['serving', 'dark', 'recovering', 'failed_over'] }).notNull(),
  /** Raised by every change. */
  epoch: integer('epoch').notNull(),
  /** Share of requests it takes again while recovering, in basis points; 10,000 when serving. */
  admittedBps: integer('admitted_bps').notNull(),
  /** Frozen: nothing moves it but an operator. */
  frozen: boolean('frozen').notNull().default(false),
  /** Since when its probes are good without a break; null while they are not. */
  healthySince: instant('healthy_since'),
  reason: text('reason').notNull(),
  changedAt: instant('changed_at').notNull(),
  /** Null when it moved by itself. */
  actorId: text('actor_id'),
  instanceId: text('instance_id').notNull(),
  /** When the row was written: what other instances follow. */
  storedAt: instant('stored_at').notNull().defaultNow(),
})

/** What happened to each region, newest last. */
export const regionTransitions = pgTable(
  'region_transitions',
  {
    /** `rgt_…` */
    id: text('id').primaryKey(),
    region: text('region').notNull(),
    fromPhase: text('from_phase', { enum: ['serving', 'dark', 'recovering', 'failed_over'] }).notNull(),
    toPhase: text('to_phase', { enum: ['serving', 'dark', 'recovering', 'failed_over'] }).notNull(),
    admittedBps: integer('admitted_bps').notNull(),
    /** Of the state it led to: orders transitions of one moment. */
    epoch: integer('epoch').notNull(),
    at: instant('at').notNull(),
    reason: text('reason').notNull(),
    actorId: text('actor_id'),
    instanceId: text('instance_id').notNull(),
  },
  (table) => [index('region_transitions_region').on(table.region, table.at)],
)

/** Changes of a deployment's capacity: recommended, applied through Azure's resource manager, failed or dismissed. */
export const capacityChanges = pgTable(
  'capacity_changes',
  {
    /** `cap_…` */
    id: text('id').primaryKey(),
    deploymentId: text('deployment_id').notNull(),
    direction: text('direction', { enum: ['up', 'down'] }).notNull(),
    /** Capacity units of the SKU: thousand tokens a minute for standard, PTU for provisioned. */
    fromUnits: integer('from_units').notNull(),
    toUnits: integer('to_units').notNull(),
    unit: text('unit', { enum: ['kTPM', 'PTU'] }).notNull(),
    state: text('state', { enum: ['recommended', 'applying', 'applied', 'failed', 'dismissed'] }).notNull(),
    /** For a person, with the numbers behind it. */
    reason: text('reason').notNull(),
    /** What Azure answered when it failed. */
    error: text('error'),
    createdAt: instant('created_at').notNull(),
    /** When somebody began to apply it. */
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    /** Null when the rules applied or withdrew it by themselves. */
    actorId: text('actor_id'),
    /** What the catalog stated when it was made, null = nothing: a catalog that says something else since is newer. */
    catalogUnits: integer('catalog_units'),
    /** Made while the simulator stood in for Azure: says nothing about a real deployment. */
    simulated: boolean('simulated').notNull().default(false),
  },
  (table) => [
    index('capacity_changes_deployment').on(table.deploymentId, table.createdAt),
    /** One change at a time, whoever applies it. */
    uniqueIndex('capacity_changes_applying').on(table.deploymentId).where(sql`${table.state} = 'applying'`),
    uniqueIndex('capacity_changes_recommended')
      .on(table.deploymentId)
      .where(sql`${table.state} = 'recommended'`),
  ],
)
