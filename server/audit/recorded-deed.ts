import type { AuditEntry } from '#server/audit/record-audit'
import type { Along } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'

/**
 * Does something of which the audit log tells: in its transaction where it has one and takes `along`, else right after,
 * since what is decided in memory reaches its rows by itself.
 */
export async function recordedDeed<Result>(
  { audit, db }: Pick<Container, 'audit' | 'db'>,
  entry: AuditEntry,
  deed: (along: Along) => Promise<Result>,
): Promise<Result> {
  let recorded = false
  const along: Along = async (tx, change) => {
    await audit.record(tx, { ...entry, ...change })
    recorded = true
  }
  const result = await deed(along)
  if (!recorded) await audit.record(db.orm, entry)
  return result
}
