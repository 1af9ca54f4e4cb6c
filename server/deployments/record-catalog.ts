import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { catalogChanges } from '#lib/deployments/catalog-changes'
import type { CatalogData } from '#lib/deployments/catalog-schema'
import { parseJson } from '#lib/gateway/json-fields'
import type { AuditEntry, RecordAudit } from '#server/audit/record-audit'
import { sha256 } from '#server/audit/sha256'
import type { Database } from '#server/db/database'
import type { CatalogReread, CatalogStore } from '#server/deployments/catalog-store'
import type { Log } from '#server/telemetry/log'

export interface CatalogRecordParts {
  db: Pick<Database, 'orm'>
  catalog: Pick<CatalogStore, 'current' | 'follow'>
  record: RecordAudit
  instanceId: string
  log: Pick<Log, 'error'>
}

const recordedCatalog = z.object({ sha256: z.string() })

/**
 * Keeps the audit log in step with a catalog file: an entry when the file's catalog came into force, or was refused, and
 * one at the start for what was edited while nothing ran. Of several instances that read the same catalog, the first
 * one's entry stands for all. Resolves when the start is recorded.
 */
export async function recordCatalog(parts: CatalogRecordParts): Promise<void> {
  const { catalog, log } = parts
  let writing = Promise.resolve()
  const inTurn = (entry: () => Promise<void>) => {
    writing = writing
      .then(entry)
      .catch((error: unknown) =>
        log.error(
          { err: error },
          'a changed catalog could not be written to the audit log; the next start does',
        ),
      )
    return writing
  }
  catalog.follow((reread) => void inTurn(() => recordReread(parts, reread)))
  const { data } = catalog.current()
  await inTurn(() => recordInForce(parts, { data, before: null, after: sizesOf(data) }))
}

function recordReread(parts: CatalogRecordParts, reread: CatalogReread): Promise<void> {
  if (reread.ok) {
    const { before, after } = catalogChanges(reread.before, reread.after)
    return recordInForce(parts, { data: reread.after, before, after })
  }
  return write(parts, { outcome: 'refused', after: { problems: reread.problems.slice(0, 20) } })
}

async function recordInForce(
  parts: CatalogRecordParts,
  { data, before, after }: { data: CatalogData; before: object | null; after: object },
): Promise<void> {
  const hash = sha256(JSON.stringify(data))
  if ((await lastRecorded(parts.db)) === hash) return
  await write(parts, { before, after: { sha256: hash, ...after } })
}

async function lastRecorded(db: Pick<Database, 'orm'>): Promise<string | null> {
  const { rows } = await db.orm.execute<{ after: string | null }>(
    sql`SELECT after FROM audit_entries
        WHERE left(action, 3) <> 'ai.' AND action = 'catalog.apply' AND outcome = 'success'
        ORDER BY position DESC LIMIT 1`,
  )
  return recordedCatalog.safeParse(parseJson(rows[0]?.after ?? '')).data?.sha256 ?? null
}

function write(
  { db, record, instanceId }: CatalogRecordParts,
  entry: Pick<AuditEntry, 'outcome' | 'before' | 'after'>,
): Promise<void> {
  return record(db.orm, {
    action: 'catalog.apply',
    actorId: null,
    resource: 'catalog/file',
    correlationId: `catalog_${instanceId}`,
    ...entry,
  })
}

function sizesOf({ regions, deployments, tiers }: CatalogData) {
  return { regions: regions.length, deployments: deployments.length, tiers: Object.keys(tiers).length }
}
