import type { PoolClient } from 'pg'
import type { Checkpoint } from '#lib/audit/checkpoint'

type Queryable = Pick<PoolClient, 'query'>

interface CheckpointRow {
  sequence: string
  day: string
  hash: Buffer
  position: string
  signedAt: Date
  keyId: string
  signature: Buffer
}

/** Checkpoints from a sequence on, in order. */
export async function readCheckpoints(db: Queryable, fromSequence: number): Promise<Checkpoint[]> {
  const { rows } = await db.query<CheckpointRow>(
    `SELECT sequence, day::text, hash, position, signed_at AS "signedAt", key_id AS "keyId", signature
     FROM audit_checkpoints WHERE sequence >= $1 ORDER BY sequence`,
    [fromSequence],
  )
  return rows.map(({ sequence, day, hash, position, signedAt, keyId, signature }) => ({
    sequence: Number(sequence),
    day,
    hash: hash.toString('hex'),
    position: Number(position),
    signedAtMs: signedAt.getTime(),
    keyId,
    signature: signature.toString('hex'),
  }))
}

/** False when the checkpoint is there already. */
export async function addCheckpoint(db: Queryable, checkpoint: Checkpoint): Promise<boolean> {
  const { rows } = await db.query(
    `INSERT INTO audit_checkpoints (sequence, day, hash, position, signed_at, key_id, signature)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING sequence`,
    [
      checkpoint.sequence,
      checkpoint.day,
      Buffer.from(checkpoint.hash, 'hex'),
      checkpoint.position,
      new Date(checkpoint.signedAtMs).toISOString(),
      checkpoint.keyId,
      Buffer.from(checkpoint.signature, 'hex'),
    ],
  )
  return rows.length > 0
}

/** The last seal of each UTC day before `today` (`YYYY-MM-DD`) that has no checkpoint yet. */
export async function readDayEnds(
  db: Queryable,
  today: string,
): Promise<Pick<Checkpoint, 'sequence' | 'day' | 'hash' | 'position'>[]> {
  const { rows } = await db.query<{ sequence: string; day: string; hash: Buffer; position: string }>(
    `SELECT sequence, day::text, substring(hashes FROM length(hashes) - 31) AS hash, position FROM (
       SELECT DISTINCT ON (day) last_sequence AS sequence, last_position AS position, hashes,
         (sealed_at AT TIME ZONE 'UTC')::date AS day
       FROM audit_seals
       WHERE last_sequence > (SELECT coalesce(max(sequence), 0) FROM audit_checkpoints)
         AND sealed_at < $1::date::timestamp AT TIME ZONE 'UTC'
       ORDER BY day, last_sequence DESC
     ) ends ORDER BY sequence`,
    [today],
  )
  return rows.map(({ sequence, day, hash, position }) => ({
    sequence: Number(sequence),
    day,
    hash: hash.toString('hex'),
    position: Number(position),
  }))
}
