import { sql } from 'drizzle-orm'
import type { OperatorAction } from '#lib/audit/audit-action'
import { stableJson } from '#lib/audit/stable-json'
import { redactText } from '#lib/privacy/redact-text'
import { nameSubjects } from '#server/audit/name-subjects'
import { actorSubject, type Pseudonyms, type Subject } from '#server/audit/pseudonyms'
import type { Transaction } from '#server/config/configuration-version'

/** One action of an operator, or of the system in their stead. */
export interface AuditEntry {
  action: OperatorAction
  /** User or API-key id; null = the system itself, or somebody unknown. Stored as a pseudonym. */
  actorId: string | null
  /** What was acted on, `kind/id`: `deployment/we-premium`, `settings/general`. Never a person: that is `subject`. */
  resource: string
  /** The person concerned, where it is about one. Stored as a pseudonym. */
  subject?: Subject | null
  /** `success` unless told. */
  outcome?: 'success' | 'refused'
  /** What changed: the fields that differ, no names or addresses of persons. Stored as JSON. */
  before?: unknown
  after?: unknown
  /** The operator's own words; redacted here. */
  reason?: string | null
  /** Id of the request by which it was asked for. */
  correlationId: string
  /** Whose it is; `console` unless told. */
  accountId?: string
}

/**
 * Writes the entry inside the transaction of the action that it tells of, so that both are there or neither is. The
 * sealer takes it into the chain within a second of the commit.
 */
export type RecordAudit = (tx: Transaction, entry: AuditEntry) => Promise<void>

export interface RecordAuditOptions {
  pseudonyms: Pseudonyms
  nowMs: () => number
  /** An entry of that correlation id will be there as soon as its transaction commits. */
  onRecorded?: (correlationId: string) => void
}

export function createRecordAudit({ pseudonyms, nowMs, onRecorded }: RecordAuditOptions): RecordAudit {
  const lookup = (subject: Subject | null | undefined) => (subject ? pseudonyms.lookup(subject) : null)
  return async (tx, entry) => {
    const actor = lookup(actorSubject(entry.actorId))
    const subject = lookup(entry.subject)
    const lookups = [...new Set([actor, subject])].filter((name) => name !== null)
    await tx.execute(sql`
      WITH lookups AS (SELECT unnest(${sql.param(lookups)}::text[]) AS lookup), ${sql.raw(nameSubjects)}
      INSERT INTO audit_entries (
        account_id, at, action, outcome, actor, subject, resource, correlation_id, before, after, reason)
      VALUES (
        ${entry.accountId ?? 'console'}, ${new Date(nowMs()).toISOString()}::timestamptz, ${entry.action},
        ${entry.outcome ?? 'success'},
        (SELECT pseudonym FROM names WHERE lookup = ${actor}),
        (SELECT pseudonym FROM names WHERE lookup = ${subject}),
        ${entry.resource}, ${entry.correlationId}, ${toText(entry.before)}, ${toText(entry.after)},
        ${entry.reason ? redactText(entry.reason) : null})`)
    onRecorded?.(entry.correlationId)
  }
}

/** JSON in which what may be somebody's words is redacted; ids and numbers stay as they are. */
function toText(value: unknown): string | null {
  const text = stableJson(value)
  return text === null || text === 'null'
    ? null
    : JSON.stringify(JSON.parse(text), (_key, part: unknown) =>
        typeof part === 'string' && /[\s@]/.test(part) ? redactText(part) : part,
      )
}
