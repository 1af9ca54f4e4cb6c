import { index, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** One request that moved a breaker. */
interface BreakerEvidence {
  requestId: string
  failureClass: string
  atMs: number
}

/**
 * The last known state of each breaker, one row per deployment and signal, shared by all instances: the higher epoch
 * wins. Written by whoever saw the transition, read at start and by polling.
 */
export const breakerStates = pgTable(
  'breaker_states',
  {
    deploymentId: text('deployment_id').notNull(),
    signal: text('signal', { enum: ['health', 'latency', 'configuration'] }).notNull(),
    phase: text('phase', { enum: ['closed', 'open', 'half_open', 'isolated'] }).notNull(),
    /** Raised by every transition; results of calls admitted in an older one are ignored. */
    epoch: integer('epoch').notNull(),
    /** For a person. */
    reason: text('reason').notNull(),
    changedAt: instant('changed_at').notNull(),
    /** When a probe may go; null unless open. */
    retryAt: instant('retry_at'),
    openForMs: integer('open_for_ms').notNull().default(0),
    /** Reopenings in a row. */
    reopenings: integer('reopenings').notNull().default(0),
    goodProbes: integer('good_probes').notNull().default(0),
    /** When an operator's isolation ends by itself; null = when somebody ends it. */
    isolatedUntil: instant('isolated_until'),
    /** Who isolated or closed it; null when it moved by itself. */
    actorId: text('actor_id'),
    instanceId: text('instance_id').notNull(),
    /** By the database's clock, so that instances whose clocks differ miss nothing. */
    storedAt: instant('stored_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ name: 'breaker_states_pk', columns: [table.deploymentId, table.signal] })],
)

/** Places for probes that are on their way, leased so that an instance that died gives its place back. */
export const probeLeases = pgTable('probe_leases', {
  /** `we-premium/health/0`: deployment, signal, number of the place. */
  key: text('key').primaryKey(),
  holder: text('holder').notNull(),
  expiresAt: instant('expires_at').notNull(),
})

/** What happened to each breaker: when, why, and the requests that caused it. Kept with attempts' retention. */
export const breakerTransitions = pgTable(
  'breaker_transitions',
  {
    /** `brk_…` */
    id: text('id').primaryKey(),
    deploymentId: text('deployment_id').notNull(),
    signal: text('signal', { enum: ['health', 'latency', 'configuration'] }).notNull(),
    fromPhase: text('from_phase', { enum: ['closed', 'open', 'half_open', 'isolated'] }).notNull(),
    toPhase: text('to_phase', { enum: ['closed', 'open', 'half_open', 'isolated'] }).notNull(),
    /** Of the state it led to: orders transitions of one moment. */
    epoch: integer('epoch').notNull(),
    at: instant('at').notNull(),
    reason: text('reason').notNull(),
    evidence: jsonb('evidence').$type<BreakerEvidence[]>().notNull(),
    instanceId: text('instance_id').notNull(),
    actorId: text('actor_id'),
  },
  (table) => [
    index('breaker_transitions_deployment').on(table.deploymentId, table.at),
    index('breaker_transitions_at').on(table.at),
  ],
)
