import type { ChainState } from '#lib/audit/chain'
import type { Checkpoint } from '#lib/audit/checkpoint'
import { stateBehind } from '#lib/audit/seal'
import type { Anchors } from '#server/audit/anchors'
import { type AuditEntry, createRecordAudit } from '#server/audit/record-audit'
import { createSealer, type Sealer } from '#server/audit/sealer'
import { createSigningKeys } from '#server/audit/signing-keys'
import type { Database } from '#server/db/database'
import { testPseudonyms } from '#tests/support/pseudonyms'

export const testKeys = createSigningKeys([Buffer.alloc(32, 7).toString('base64')])

export const auditNowMs = Date.parse('2026-05-04T03:02:01.123Z')

/** An operator's action, with the given differences. */
export function anEntry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    action: 'deployment.drain',
    actorId: 'usr_admin',
    resource: 'deployment/we-premium',
    before: { drained: false },
    after: { drained: true },
    reason: 'maintenance',
    correlationId: 'req_1',
    ...changes,
  }
}

/** A sealer, the anchor that it writes (in memory), and a hand that appends entries. */
export interface AuditWorld {
  sealer: Sealer
  anchor: Anchors & { head: ChainState | null; checkpoints: Checkpoint[] }
  losses: { fromSequence: number; toSequence: number }[]
  append(count: number, changes?: Partial<AuditEntry>): Promise<void>
  /** Seals until nothing is left to be sealed. */
  seal(): Promise<void>
}

export function auditWorld(db: Database, nowMs: () => number = () => auditNowMs): AuditWorld {
  const losses: AuditWorld['losses'] = []
  const anchor: AuditWorld['anchor'] = {
    head: null,
    checkpoints: [],
    readHead: async () => anchor.head,
    async writeHead(seal) {
      anchor.head = stateBehind(seal)
    },
    readCheckpoints: async () => anchor.checkpoints,
    async addCheckpoint(checkpoint) {
      anchor.checkpoints.push(checkpoint)
    },
  }
  const sealer = createSealer({
    db,
    keys: testKeys,
    anchors: anchor,
    nowMs,
    onLoss: (loss) => losses.push(loss),
  })
  const record = createRecordAudit({ pseudonyms: testPseudonyms, nowMs })
  return {
    sealer,
    anchor,
    losses,
    async append(count, changes) {
      for (let index = 0; index < count; index += 1)
        await record(db.orm, anEntry({ correlationId: `req_${index}`, ...changes }))
    },
    async seal() {
      let more = true
      while (more) more = (await sealer.pass()).moreToCome
    },
  }
}
