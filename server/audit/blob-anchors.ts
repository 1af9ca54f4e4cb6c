import type { Checkpoint } from '#lib/audit/checkpoint'
import { type Seal, stateBehind } from '#lib/audit/seal'
import { anchoredSealText, readAnchoredCheckpoint, readAnchoredSeal } from '#server/audit/anchored-text'
import type { Anchors } from '#server/audit/anchors'
import type { BlobContainer } from '#server/audit/blob-container'
import { readDatabaseId } from '#server/audit/database-id'
import type { SigningKeys } from '#server/audit/signing-keys'
import type { Database } from '#server/db/database'
import type { Log } from '#server/telemetry/log'

export interface BlobAnchors extends Anchors {
  /** Writes the newest seal that was not written yet. */
  flush(): Promise<void>
}

interface Parts {
  db: Pick<Database, 'pool'>
  container: BlobContainer
  keys: Pick<SigningKeys, 'isSigned'>
  nowMs: () => number
  log: Pick<Log, 'warn'>
}

/** Seals come every second; one of ten minutes is anchored, and the last one of the process. */
const sealEveryMs = 600_000
/** Names sort with the newest seal first, so that one look finds it. */
const lastSequence = 10 ** 15
const mostCheckpoints = 5_000

/**
 * What is known of the chain in a blob container. Blobs are only ever made, never written again: a storage with a policy of
 * immutability keeps them from everybody, and without one, whoever holds database, keys and machine still cannot change them
 * through this program's rights to create. Sealing never waits for the storage.
 */
export function createBlobAnchors({ db, container, keys, nowMs, log }: Parts): BlobAnchors {
  const read = new Map<string, Checkpoint>()
  let databaseId: Promise<string> | undefined
  let pending: Seal | null = null
  let anchoredMs = Number.NEGATIVE_INFINITY
  let writing = Promise.resolve()
  const prefix = async (what: string) => {
    databaseId ??= readDatabaseId(db)
    return `${await databaseId}/${what}/`
  }

  async function writePending(): Promise<void> {
    if (pending === null) return
    const seal = pending
    pending = null
    anchoredMs = nowMs()
    const name = String(lastSequence - seal.lastSequence).padStart(16, '0')
    try {
      await container.create(`${await prefix('seals')}${name}.json`, anchoredSealText(seal))
    } catch (error) {
      pending ??= seal
      log.warn(
        { err: error, place: container.place },
        'a seal of the audit log could not be anchored; the next one is',
      )
    }
  }

  const flush = () => {
    writing = writing.then(writePending)
    return writing
  }

  return {
    flush,
    async readHead() {
      const [newest] = await container.list(await prefix('seals'), 1)
      const seal = newest === undefined ? null : readAnchoredSeal((await container.read(newest)) ?? '', keys)
      return seal && stateBehind(seal)
    },
    async writeHead(seal) {
      pending = seal
      if (nowMs() - anchoredMs >= sealEveryMs) void flush()
    },
    async readCheckpoints() {
      const names = await container.list(await prefix('checkpoints'), mostCheckpoints)
      for (const name of names.filter((one) => !read.has(one))) {
        const found = readAnchoredCheckpoint((await container.read(name)) ?? '', keys)
        if (found) read.set(name, found)
      }
      return names.flatMap((name) => read.get(name) ?? [])
    },
    async addCheckpoint(checkpoint) {
      const sequence = String(checkpoint.sequence).padStart(16, '0')
      const name = `${await prefix('checkpoints')}${sequence}-${checkpoint.day}.json`
      if (await container.create(name, JSON.stringify(checkpoint))) return
      const there = readAnchoredCheckpoint((await container.read(name)) ?? '', keys)
      if (there?.signature === checkpoint.signature) return
      throw new Error(`another checkpoint of ${checkpoint.day} is anchored at ${container.place}: ${name}`)
    },
  }
}
