import type { PoolClient } from 'pg'
import type { Seal } from '#lib/audit/seal'

type Queryable = Pick<PoolClient, 'query'>

interface SealRow {
  firstSequence: string
  lastSequence: string
  afterPosition: string
  lastPosition: string
  sealedAt: Date
  hashes: Buffer
  keyId: string
  signature: Buffer
}

const columns = `first_sequence AS "firstSequence", last_sequence AS "lastSequence",
  after_position AS "afterPosition", last_position AS "lastPosition", sealed_at AS "sealedAt", hashes,
  key_id AS "keyId", signature`

function toSeal(row: SealRow): Seal {
  return {
    firstSequence: Number(row.firstSequence),
    lastSequence: Number(row.lastSequence),
    afterPosition: Number(row.afterPosition),
    lastPosition: Number(row.lastPosition),
    sealedAtMs: row.sealedAt.getTime(),
    hashes: row.hashes.toString('hex'),
    keyId: row.keyId,
    signature: row.signature.toString('hex'),
  }
}

/** The last seal; null when there is none. */
export async function readLastSeal(db: Queryable): Promise<Seal | null> {
  const { rows } = await db.query<SealRow>(
    `SELECT ${columns} FROM audit_seals ORDER BY first_sequence DESC LIMIT 1`,
  )
  return rows[0] ? toSeal(rows[0]) : null
}

/** The seal that gives the entry in that position its sequence; null until there is one. */
export async function readSealAt(db: Queryable, position: number): Promise<Seal | null> {
  const { rows } = await db.query<SealRow>(
    `SELECT ${columns} FROM audit_seals WHERE last_position >= $1 AND after_position < $1
     ORDER BY last_position LIMIT 1`,
    [position],
  )
  return rows[0] ? toSeal(rows[0]) : null
}

/** The seal whose last entry has that sequence. */
export async function readSealEndingAt(db: Queryable, sequence: number): Promise<Seal | null> {
  const { rows } = await db.query<SealRow>(
    `SELECT ${columns} FROM audit_seals WHERE first_sequence <= $1 ORDER BY first_sequence DESC LIMIT 1`,
    [sequence],
  )
  const [row] = rows
  return row && Number(row.lastSequence) === sequence ? toSeal(row) : null
}

/** The last seal that was made before a time (milliseconds since 1970); null when there is none. */
export async function readSealBefore(
  db: Queryable,
  { beforeMs }: { beforeMs: number },
): Promise<Seal | null> {
  const { rows } = await db.query<SealRow>(
    `SELECT ${columns} FROM audit_seals WHERE sealed_at < $1::timestamptz ORDER BY first_sequence DESC LIMIT 1`,
    [new Date(beforeMs).toISOString()],
  )
  return rows[0] ? toSeal(rows[0]) : null
}

/** Seals that begin behind a sequence, in order. */
export async function readSealsBehind(
  db: Queryable,
  { sequence, limit }: { sequence: number; limit: number },
): Promise<Seal[]> {
  const { rows } = await db.query<SealRow>(
    `SELECT ${columns} FROM audit_seals WHERE first_sequence > $1 ORDER BY first_sequence LIMIT $2`,
    [sequence, limit],
  )
  return rows.map(toSeal)
}

/** Adds a seal; false when another instance has sealed from there on. */
export async function addSeal(db: Queryable, seal: Seal): Promise<boolean> {
  const { rows } = await db.query(
    `INSERT INTO audit_seals (
       first_sequence, last_sequence, after_position, last_position, sealed_at, hashes, key_id, signature)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING first_sequence`,
    [
      seal.firstSequence,
      seal.lastSequence,
      seal.afterPosition,
      seal.lastPosition,
      new Date(seal.sealedAtMs).toISOString(),
      Buffer.from(seal.hashes, 'hex'),
      seal.keyId,
      Buffer.from(seal.signature, 'hex'),
    ],
  )
  return rows.length > 0
}
