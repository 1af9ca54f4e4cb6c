import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  customType,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'

/** Milliseconds are all that is stored, so that what was hashed is what is read again. */
const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })
const counter = (name: string) => bigint(name, { mode: 'number' })
const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/**
 * Who did what: one row per AI operation (written by the ledger's own statement) and per operator action (written in
 * the action's transaction). Only ever inserted: triggers refuse UPDATE, TRUNCATE, and DELETE of all but purged days.
 * Rows carry no sequence and no hash; those are in `audit_seals`, so that sealing rewrites nothing. Partitioned by
 * month of `at` (the migration declares it). There is one chain for all accounts, so its order comes first in the key.
 */
export const auditEntries = pgTable(
  'audit_entries',
  {
    /** Order of insertion; rises, with gaps where a transaction was rolled back. */
    position: bigserial('position', { mode: 'number' }).notNull(),
    /** The API key's account; `console` for operator actions that belong to none. */
    accountId: text('account_id').notNull(),
    /** When an AI operation began; when an operator action was done. */
    at: instant('at').notNull(),
    /** `ai.chat`, `ai.embeddings`, else one of `lib/audit/audit-action`. */
    action: text('action').notNull(),
    /** The ledger's outcome of an AI operation; `success` or `refused` of an operator action. */
    outcome: text('outcome').notNull(),
    /** `sub_…`, pseudonym of the user or API key; null = the system itself. */
    actor: text('actor'),
    /** `sub_…`, pseudonym of the person concerned, where there is one. */
    subject: text('subject'),
    /** What was acted on: the request's id, else `kind/id`, e.g. `deployment/we-premium`. */
    resource: text('resource').notNull(),
    correlationId: text('correlation_id').notNull(),
    /** The columns from here to `cost_pico_usd` are null for operator actions. */
    model: text('model'),
    inputTokens: integer('input_tokens'),
    outputTokens: integer('output_tokens'),
    /** Null also when the model has no price. */
    costPicoUsd: bigint('cost_pico_usd', { mode: 'bigint' }),
    /** JSON text exactly as it was hashed; null for AI operations, and where there was nothing. */
    before: text('before'),
    after: text('after'),
    /** The operator's own words, redacted. */
    reason: text('reason'),
  },
  (table) => [
    primaryKey({ name: 'audit_entries_pk', columns: [table.position, table.at] }),
    /** The console's first view leaves AI operations out. */
    index('audit_entries_operators').on(table.position).where(sql`left(${table.action}, 3) <> 'ai.'`),
    /** Costs an insert next to nothing, and leads a search past what cannot match. */
    index('audit_entries_search')
      .using(
        'brin',
        table.at,
        table.accountId.op('text_bloom_ops'),
        table.actor.op('text_bloom_ops'),
        table.subject.op('text_bloom_ops'),
        table.resource.op('text_bloom_ops'),
        table.correlationId.op('text_bloom_ops'),
      )
      .with({ pages_per_range: 32 }),
  ],
)

/**
 * Which pseudonym belongs to whom. A pseudonym is random, so that without its row here nobody can tell whose it was:
 * deleting a subject's rows erases them from the audit log, which stays as it is. Two instances that see a subject
 * first may give it two pseudonyms.
 */
export const auditSubjects = pgTable(
  'audit_subjects',
  {
    /** `kind:` and HMAC-SHA-256 of kind and id under HUNTAZE_PSEUDONYM_KEY, base64url. */
    lookup: text('lookup').notNull(),
    /** `sub_…` */
    pseudonym: text('pseudonym').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ name: 'audit_subjects_pk', columns: [table.lookup, table.pseudonym] }),
    index('audit_subjects_pseudonym').on(table.pseudonym),
  ],
)

/**
 * The chain: each row gives the entries with positions in (`after_position`, `last_position`] the sequence numbers
 * from `first_sequence` to `last_sequence`, in order of position, and their chain hashes. Inserted by the sealer alone,
 * never changed; deleted behind a purge.
 */
export const auditSeals = pgTable(
  'audit_seals',
  {
    firstSequence: counter('first_sequence').primaryKey(),
    lastSequence: counter('last_sequence').notNull(),
    afterPosition: counter('after_position').notNull(),
    lastPosition: counter('last_position').notNull(),
    sealedAt: instant('sealed_at').notNull(),
    /** SHA-256 chain hash of each entry, 32 bytes each, one after the other; the last is the seal's. */
    hashes: bytes('hashes').notNull(),
    /** First 16 hex digits of the SHA-256 of the Ed25519 public key. */
    keyId: text('key_id').notNull(),
    /** Ed25519, of the text that `lib/audit/seal-text` makes. */
    signature: bytes('signature').notNull(),
  },
  (table) => [index('audit_seals_position').on(table.lastPosition)],
)

/** Signed and anchored outside the database: where the chain stood at the end of a UTC day. */
export const auditCheckpoints = pgTable('audit_checkpoints', {
  /** The last entry that was sealed on that day. */
  sequence: counter('sequence').primaryKey(),
  day: date('day', { mode: 'string' }).notNull(),
  /** Chain hash of that entry. */
  hash: bytes('hash').notNull(),
  position: counter('position').notNull(),
  signedAt: instant('signed_at').notNull(),
  keyId: text('key_id').notNull(),
  signature: bytes('signature').notNull(),
})

/** What was purged: everything up to a checkpoint. A trigger sees to the retention and to legal holds. */
export const auditPurges = pgTable(
  'audit_purges',
  {
    /** Of the checkpoint. */
    sequence: counter('sequence').primaryKey(),
    position: counter('position').notNull(),
    purgedAt: instant('purged_at').notNull(),
  },
  (table) => [index('audit_purges_position').on(table.position)],
)

/** Legal holds: the days from `from_day` on are not purged until the hold is released. */
export const auditHolds = pgTable('audit_holds', {
  /** `hld_…` */
  id: text('id').primaryKey(),
  fromDay: date('from_day', { mode: 'string' }).notNull(),
  /** The operator's own words. */
  reason: text('reason').notNull(),
  createdAt: instant('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  releasedAt: instant('released_at'),
  releasedBy: text('released_by'),
  releaseReason: text('release_reason'),
})

/** Verifications of the chain and how they ended. */
export const auditVerifications = pgTable(
  'audit_verifications',
  {
    /** `ver_…` */
    id: text('id').primaryKey(),
    /** `whole`: from the first entry that is kept; `newest`: from where the last good one ended. */
    scope: text('scope', { enum: ['whole', 'newest'] }).notNull(),
    state: text('state', { enum: ['running', 'ok', 'failed', 'broken_off'] }).notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    /** Entries to look at, as far as was known at the start. */
    total: counter('total').notNull(),
    checked: counter('checked').notNull(),
    /** The last sequence that was found good; 0 = none. */
    toSequence: counter('to_sequence').notNull(),
    /** JSON text of the first problem (`lib/contracts/audit`). */
    problem: text('problem'),
    /** User or key id; null = by itself. */
    actorId: text('actor_id'),
    instanceId: text('instance_id').notNull(),
  },
  (table) => [index('audit_verifications_started').on(table.startedAt)],
)
