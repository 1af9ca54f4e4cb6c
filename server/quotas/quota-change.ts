import type { Actor } from '#server/access/principal'
import type { AuditEntry } from '#server/audit/record-audit'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'

/** Who changes something, and why. */
export interface QuotaChange<Body> {
  actor: Actor
  body: Body
  requestId: string
}

type Parts = Pick<Container, 'db' | 'audit' | 'configuration' | 'clock' | 'quotas'>

/** What a change needs of the container. */
export type QuotaChangeParts = Parts

/** Writes a change, its audit entry and the configuration version together; ends when this instance obeys it. */
export async function commitQuotaChange(
  { db, audit, configuration }: Parts,
  write: (tx: Transaction) => Promise<AuditEntry>,
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    await audit.record(tx, await write(tx))
    await bumpConfiguration(tx)
  })
  await configuration.check()
}
