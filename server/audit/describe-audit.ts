import type { AuditState } from '#lib/contracts/audit'
import { readCheckpoints } from '#server/audit/checkpoint-store'
import { listHolds } from '#server/audit/holds'
import type { AnchorPlace } from '#server/audit/open-anchors'
import { readPurge } from '#server/audit/purge-store'
import { readLastSeal } from '#server/audit/seal-store'
import type { SigningKeys } from '#server/audit/signing-keys'
import type { Verifications } from '#server/audit/verifications'
import { readUnsealed } from '#server/audit/verify-log'
import type { Database } from '#server/db/database'

export interface DescribeParts {
  db: Database
  keys: SigningKeys
  places: readonly AnchorPlace[]
  verifications: Pick<Verifications, 'list'>
}

/** How the audit log stands: how far it is sealed and verified, its checkpoints and legal holds. */
export async function describeAudit(parts: DescribeParts): Promise<AuditState> {
  const { db, keys, verifications } = parts
  const last = await readLastSeal(db.pool)
  const purge = await readPurge(db.pool)
  const unsealed = await readUnsealed(db)
  const places = await Promise.all(parts.places.map(readPlace))
  const checkpoints = await readCheckpoints(db.pool, purge?.sequence ?? 0)
  return {
    sequence: last?.lastSequence ?? purge?.sequence ?? 0,
    sealedAt: last ? new Date(last.sealedAtMs).toISOString() : null,
    unsealed: {
      entries: unsealed.entries,
      oldestAt: unsealed.oldestAtMs === null ? null : new Date(unsealed.oldestAtMs).toISOString(),
    },
    keptFrom: (purge?.sequence ?? 0) + 1,
    verifications: await verifications.list(),
    checkpoints: checkpoints.reverse().map(({ signature, signedAtMs, position, ...rest }) => ({
      ...rest,
      signedAt: new Date(signedAtMs).toISOString(),
      anchored: places.every(({ known }) => known.has(signature)),
    })),
    holds: await listHolds(db),
    anchoredIn: places.map(({ name }) => name).join(' and '),
    keyId: keys.keyId,
    publicKeys: Object.values(keys.publicKeys),
  }
}

/** A place that does not answer knows nothing for the moment, and the page says so. */
async function readPlace({ name, anchors }: AnchorPlace): Promise<{ name: string; known: Set<string> }> {
  try {
    return { name, known: new Set((await anchors.readCheckpoints()).map(({ signature }) => signature)) }
  } catch {
    return { name: `${name} (not reachable at the moment)`, known: new Set() }
  }
}
