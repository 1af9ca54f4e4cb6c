import { sql } from 'drizzle-orm'
import type { AuditOrder } from '#server/audit/holds'
import type { Pseudonyms, Subject } from '#server/audit/pseudonyms'
import type { RecordAudit } from '#server/audit/record-audit'
import type { Transaction } from '#server/config/configuration-version'

/**
 * Forgets whom the pseudonyms of a person mean, in the caller's transaction: nobody can tell any more, and the entries
 * and their chain stay as they are. Returns the pseudonyms. Erasing somebody who is not known changes nothing.
 */
export async function eraseSubject(
  { tx, pseudonyms, record }: { tx: Transaction; pseudonyms: Pseudonyms; record: RecordAudit },
  { subject, ...order }: AuditOrder & { subject: Subject },
): Promise<string[]> {
  const { rows } = await tx.execute<{ pseudonym: string }>(
    sql`DELETE FROM audit_subjects WHERE lookup = ANY(${sql.param(pseudonyms.lookups(subject))}::text[])
        RETURNING pseudonym`,
  )
  const erased = [...new Set(rows.map(({ pseudonym }) => pseudonym))].toSorted()
  await record(tx, {
    action: 'subject.erase',
    resource: `subject/${subject.kind}`,
    after: { pseudonyms: erased },
    ...order,
  })
  return erased
}
