import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/**
 * Records of a store that is kept twice while it moves; `store` tells the copies apart where both are in one database.
 * Checksums and bucket are computed by the database from what the row really holds, so that damage shows.
 */
export const dualRecords = pgTable(
  'dual_records',
  {
    accountId: text('account_id').notNull(),
    store: text('store').notNull(),
    id: text('id').notNull(),
    /** Raised by every change in the primary store; the higher one wins wherever two meet. */
    version: bigint('version', { mode: 'bigint' }).notNull(),
    /** Tombstones stay; `erased` is for good, `deleted` may be written again. */
    state: text('state', { enum: ['live', 'deleted', 'erased'] }).notNull(),
    /** Canonical JSON; null in a tombstone. */
    body: text('body'),
    /** First 16 bits of the MD5 of the id. */
    bucket: integer('bucket')
      .notNull()
      .generatedAlwaysAs(sql`(('x' || substr(md5(id), 1, 4))::bit(16)::integer)`),
    /** The two halves of the MD5 of id, version, state and body. */
    checksumHigh: bigint('checksum_high', { mode: 'bigint' })
      .notNull()
      .generatedAlwaysAs(
        sql`(('x' || substr(md5(id || chr(10) || version::text || chr(10) || state || chr(10) || coalesce(body, '')), 1, 16))::bit(64)::bigint)`,
      ),
    checksumLow: bigint('checksum_low', { mode: 'bigint' })
      .notNull()
      .generatedAlwaysAs(
        sql`(('x' || substr(md5(id || chr(10) || version::text || chr(10) || state || chr(10) || coalesce(body, '')), 17, 16))::bit(64)::bigint)`,
      ),
  },
  (table) => [
    primaryKey({ name: 'dual_records_pk', columns: [table.accountId, table.store, table.id] }),
    index('dual_records_bucket').on(table.accountId, table.store, table.bucket),
  ],
)

/** Changes of the primary store that the secondary has not confirmed yet; written in the statement of the change itself. */
export const dualOutbox = pgTable(
  'dual_outbox',
  {
    accountId: text('account_id').notNull(),
    /** Order of commits is not promised: versions decide. */
    sequence: bigserial('sequence', { mode: 'bigint' }).notNull(),
    /** What is kept twice, e.g. `memories`. */
    stream: text('stream').notNull(),
    recordId: text('record_id').notNull(),
    version: bigint('version', { mode: 'bigint' }).notNull(),
    state: text('state', { enum: ['live', 'deleted', 'erased'] }).notNull(),
    body: text('body'),
    enqueuedAt: instant('enqueued_at').notNull(),
    /** Deliveries begun. */
    attempts: integer('attempts').notNull().default(0),
    /** Not before then; a delivery that begins moves it to its lease's end. */
    dueAt: instant('due_at').notNull(),
    /** Of the last failed delivery. */
    lastError: text('last_error'),
  },
  (table) => [
    primaryKey({ name: 'dual_outbox_pk', columns: [table.accountId, table.sequence] }),
    index('dual_outbox_due').on(table.stream, table.dueAt),
  ],
)

/** Deliveries that the secondary store has taken, in its own database: a second delivery of one does nothing. */
export const dualInbox = pgTable(
  'dual_inbox',
  {
    accountId: text('account_id').notNull(),
    stream: text('stream').notNull(),
    /** The outbox row's sequence. */
    sequence: bigint('sequence', { mode: 'bigint' }).notNull(),
    takenAt: instant('taken_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'dual_inbox_pk', columns: [table.accountId, table.stream, table.sequence] }),
    index('dual_inbox_taken').on(table.takenAt),
  ],
)

/** Whose changes go to both stores, and how far the copy of what was there before has come. */
export const dualSwitches = pgTable(
  'dual_switches',
  {
    accountId: text('account_id').notNull(),
    stream: text('stream').notNull(),
    enabled: boolean('enabled').notNull(),
    /** Whether the copy runs; it has ended when `backfilled_at` is set. Written by operators, and by the copy when it ends. */
    backfillState: text('backfill_state', { enum: ['idle', 'running', 'paused'] })
      .notNull()
      .default('idle'),
    /** In the row of every account: whose records are being copied; null = it is at the beginning. */
    backfillAccount: text('backfill_account'),
    /** Id after which the backfill goes on; null = it is at the beginning. */
    backfillAfter: text('backfill_after'),
    backfilled: bigint('backfilled', { mode: 'number' }).notNull().default(sql`0`),
    backfilledAt: instant('backfilled_at'),
    /** When the stores are compared next, or since when they are; null = not before the copy has ended. */
    reconcileDueAt: instant('reconcile_due_at'),
    /** Whether that comparison repairs what differs, where an operator asked for it; null = as the settings say. */
    reconcileRepairs: boolean('reconcile_repairs'),
    /** In the row of every account: the last account that this comparison is through with. */
    reconcileAccount: text('reconcile_account'),
    /** When the last comparison of all its accounts ended; null = none has since the copy began. */
    reconciledAt: instant('reconciled_at'),
    changedAt: instant('changed_at').notNull(),
    changedBy: text('changed_by').notNull(),
  },
  (table) => [primaryKey({ name: 'dual_switches_pk', columns: [table.stream, table.accountId] })],
)

/** Records that differed between the stores when somebody looked; one row per record, the latest finding. */
export const dualMismatches = pgTable(
  'dual_mismatches',
  {
    accountId: text('account_id').notNull(),
    stream: text('stream').notNull(),
    recordId: text('record_id').notNull(),
    /** `MismatchClass`. */
    class: text('class').notNull(),
    foundBy: text('found_by', { enum: ['shadow_read', 'reconciliation'] }).notNull(),
    foundAt: instant('found_at').notNull(),
    repairedAt: instant('repaired_at'),
  },
  (table) => [
    primaryKey({ name: 'dual_mismatches_pk', columns: [table.accountId, table.stream, table.recordId] }),
    index('dual_mismatches_open').on(table.stream, table.foundAt),
  ],
)

/** Runs of the comparison of both stores, newest kept. */
export const dualReconciliations = pgTable(
  'dual_reconciliations',
  {
    accountId: text('account_id').notNull(),
    stream: text('stream').notNull(),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at').notNull(),
    /** Hashes and records that were compared. */
    compared: integer('compared').notNull(),
    mismatches: integer('mismatches').notNull(),
    repaired: integer('repaired').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'dual_reconciliations_pk',
      columns: [table.accountId, table.stream, table.startedAt],
    }),
  ],
)
