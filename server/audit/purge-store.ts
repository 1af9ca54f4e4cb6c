import type { PoolClient } from 'pg'
import type { ChainState } from '#lib/audit/chain'

/** Where the chain stands behind the last purge: the first entry that is kept follows on it. Null before the first. */
export async function readPurge(db: Pick<PoolClient, 'query'>): Promise<ChainState | null> {
  const { rows } = await db.query<{ sequence: string; position: string; hash: Buffer }>(
    `SELECT sequence, purge.position, hash FROM audit_purges purge JOIN audit_checkpoints USING (sequence)
     ORDER BY sequence DESC LIMIT 1`,
  )
  const [row] = rows
  if (!row) return null
  return { sequence: Number(row.sequence), position: Number(row.position), hash: row.hash.toString('hex') }
}
