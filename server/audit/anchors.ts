import { z } from 'zod'
import type { ChainState } from '#lib/audit/chain'
import { type Checkpoint, checkpointText } from '#lib/audit/checkpoint'
import { hashDigits, type Seal, sealText, stateBehind } from '#lib/audit/seal'
import { parseJson } from '#lib/gateway/json-fields'
import type { AnchorStore } from '#server/audit/anchor-store'
import type { SigningKeys } from '#server/audit/signing-keys'
import type { Database } from '#server/db/database'

/** What is known of the chain outside the database, so that nothing is cut off or rebuilt unseen. */
export interface Anchors {
  /** Where the newest seal left the chain; null when none is known for this database, or none that our keys signed. */
  readHead(): Promise<ChainState | null>
  writeHead(seal: Seal): Promise<void>
  /** Those that our keys signed, in order. */
  readCheckpoints(): Promise<Checkpoint[]>
  addCheckpoint(checkpoint: Checkpoint): Promise<void>
}

const signed = { keyId: z.string(), signature: z.string() }
const anchoredSeal = z.object({
  firstSequence: z.int(),
  lastSequence: z.int(),
  afterPosition: z.int(),
  lastPosition: z.int(),
  sealedAtMs: z.int(),
  hashes: z.string(),
  ...signed,
})
const anchoredCheckpoint = z.object({
  sequence: z.int(),
  day: z.string(),
  hash: z.string(),
  position: z.int(),
  signedAtMs: z.int(),
  ...signed,
})

export function createAnchors(options: {
  db: Pick<Database, 'pool'>
  store: AnchorStore
  keys: Pick<SigningKeys, 'isSigned'>
}): Anchors {
  const { store, keys } = options
  let databaseId: Promise<string> | undefined
  const named = async (what: string) => {
    databaseId ??= readDatabaseId(options.db)
    return `${await databaseId}-${what}`
  }
  return {
    async readHead() {
      const seal = anchoredSeal.safeParse(parseJson((await store.read(await named('head.json'))) ?? '')).data
      return seal && keys.isSigned(sealText(seal), seal) ? stateBehind(seal) : null
    },
    async writeHead(seal) {
      const text = JSON.stringify({ ...seal, hashes: seal.hashes.slice(-hashDigits) })
      await store.write(await named('head.json'), text)
    },
    async readCheckpoints() {
      const text = await store.read(await named('checkpoints.jsonl'))
      return (text ?? '').split('\n').flatMap((line) => {
        const found = anchoredCheckpoint.safeParse(parseJson(line)).data
        return found && keys.isSigned(checkpointText(found), found) ? [found] : []
      })
    },
    async addCheckpoint(checkpoint) {
      const name = await named('checkpoints.jsonl')
      await store.write(name, `${(await store.read(name)) ?? ''}${JSON.stringify(checkpoint)}\n`)
    },
  }
}

/** Tells this database from every other one, also from one of the same name on the same server. */
async function readDatabaseId(db: Pick<Database, 'pool'>): Promise<string> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT system_identifier || '-' || oid AS id FROM pg_control_system(), pg_database
     WHERE datname = current_database()`,
  )
  return rows[0]?.id ?? 'unknown'
}
