import type { ChainState } from '#lib/audit/chain'
import type { Checkpoint } from '#lib/audit/checkpoint'
import { type Seal, stateBehind } from '#lib/audit/seal'
import type { AnchorStore } from '#server/audit/anchor-store'
import { anchoredSealText, readAnchoredCheckpoint, readAnchoredSeal } from '#server/audit/anchored-text'
import { readDatabaseId } from '#server/audit/database-id'
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
      const seal = readAnchoredSeal((await store.read(await named('head.json'))) ?? '', keys)
      return seal && stateBehind(seal)
    },
    async writeHead(seal) {
      await store.write(await named('head.json'), anchoredSealText(seal))
    },
    async readCheckpoints() {
      const text = await store.read(await named('checkpoints.jsonl'))
      return (text ?? '').split('\n').flatMap((line) => {
        const found = readAnchoredCheckpoint(line, keys)
        return found ? [found] : []
      })
    },
    async addCheckpoint(checkpoint) {
      const name = await named('checkpoints.jsonl')
      await store.write(name, `${(await store.read(name)) ?? ''}${JSON.stringify(checkpoint)}\n`)
    },
  }
}
