import { type Checkpoint, checkpointText } from '#lib/audit/checkpoint'
import type { Anchors } from '#server/audit/anchors'
import { addCheckpoint, readCheckpoints, readDayEnds } from '#server/audit/checkpoint-store'
import type { SigningKeys } from '#server/audit/signing-keys'
import type { Database } from '#server/db/database'

type CheckpointAnchors = Pick<Anchors, 'readCheckpoints' | 'addCheckpoint'>

export interface CheckpointParts {
  db: Pick<Database, 'pool'>
  keys: SigningKeys
  anchors: CheckpointAnchors
  /** Other places where every checkpoint is to be. */
  alsoIn?: readonly CheckpointAnchors[]
  nowMs: () => number
}

/**
 * Signs where the chain stood at the end of each UTC day that is over, and anchors it outside the database, in every place;
 * also what an earlier run signed and did not anchor. Idempotent. Returns the checkpoints that are new.
 */
export async function makeCheckpoints(parts: CheckpointParts): Promise<Checkpoint[]> {
  const { db, keys, anchors, alsoIn = [], nowMs } = parts
  const today = new Date(nowMs()).toISOString().slice(0, 10)
  const made: Checkpoint[] = []
  for (const end of await readDayEnds(db.pool, today)) {
    const unsigned = { ...end, signedAtMs: nowMs(), keyId: keys.keyId }
    const checkpoint = { ...unsigned, signature: keys.sign(checkpointText(unsigned)) }
    if (await addCheckpoint(db.pool, checkpoint)) made.push(checkpoint)
  }
  for (const place of [anchors, ...alsoIn]) {
    const last = (await place.readCheckpoints()).at(-1)?.sequence ?? 0
    for (const checkpoint of await readCheckpoints(db.pool, last + 1)) await place.addCheckpoint(checkpoint)
  }
  return made
}
