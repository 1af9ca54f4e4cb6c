import { type ChainState, chainHashes, chainStart } from '#lib/audit/chain'
import { type Seal, sealText, stateBehind } from '#lib/audit/seal'
import type { Anchors } from '#server/audit/anchors'
import { positionOf, readEntryTexts } from '#server/audit/entry-texts'
import { readPurge } from '#server/audit/purge-store'
import { addSeal, readLastSeal } from '#server/audit/seal-store'
import { sha256 } from '#server/audit/sha256'
import type { SigningKeys } from '#server/audit/signing-keys'
import { createWriteHorizon } from '#server/audit/write-horizon'
import type { Database } from '#server/db/database'

/** Takes entries into the chain, in the order of their positions. */
export interface Sealer {
  /** Seals what can be sealed now; `moreToCome`: something may have to wait for the next pass. */
  pass(): Promise<{ sealed: number; moreToCome: boolean }>
  /** Another instance may seal meanwhile: where the chain stands is read again by the next pass. */
  forget(): void
}

export interface SealerOptions {
  db: Pick<Database, 'pool'>
  keys: SigningKeys
  anchors: Pick<Anchors, 'readHead' | 'writeHead'>
  nowMs: () => number
  /** Entries that were sealed are gone from the database. */
  onLoss: (loss: { fromSequence: number; toSequence: number }) => void
}

/** Positions that are looked at, so entries at most: few enough to be hashed within some milliseconds. */
const mostPerSeal = 2_000

export function createSealer(options: SealerOptions): Sealer {
  const { db, anchors } = options
  const readHorizon = createWriteHorizon(db)
  let head: ChainState | null = null
  let scannedTo = 0

  return {
    forget() {
      head = null
      scannedTo = 0
    },
    async pass() {
      const horizon = await readHorizon()
      let sealed = 0
      head ??= await readHead(options)
      while (head !== null) {
        const after = Math.max(head.position, scannedTo)
        if (after >= horizon.position) break
        const upTo = Math.min(horizon.position, after + mostPerSeal)
        const entries = await readEntryTexts(db.pool, { after, upTo, limit: mostPerSeal })
        scannedTo = upTo
        if (entries.length === 0) continue
        const seal = makeSeal(head, entries, options)
        const added = await addSeal(db.pool, seal)
        head = added ? stateBehind(seal) : null
        if (!added) {
          scannedTo = 0
          return { sealed, moreToCome: true }
        }
        sealed += entries.length
        await anchors.writeHead(seal)
      }
      return { sealed, moreToCome: horizon.moreToCome }
    },
  }
}

function makeSeal(
  head: ChainState,
  entries: readonly string[],
  { keys, nowMs }: Pick<SealerOptions, 'keys' | 'nowMs'>,
): Seal {
  const unsigned = {
    firstSequence: head.sequence + 1,
    lastSequence: head.sequence + entries.length,
    afterPosition: head.position,
    lastPosition: positionOf(entries.at(-1)),
    sealedAtMs: nowMs(),
    hashes: chainHashes(head, entries, sha256).join(''),
    keyId: keys.keyId,
  }
  return { ...unsigned, signature: keys.sign(sealText(unsigned)) }
}

/**
 * Where the chain stands. When the anchor knows of later entries, they are gone: the chain goes on behind them, so that
 * the gap stays to be seen.
 */
async function readHead({ db, anchors, onLoss }: SealerOptions): Promise<ChainState> {
  const last = await readLastSeal(db.pool)
  const kept = last ? stateBehind(last) : ((await readPurge(db.pool)) ?? chainStart)
  const anchored = await anchors.readHead()
  if (anchored === null || anchored.sequence <= kept.sequence) return kept
  onLoss({ fromSequence: kept.sequence + 1, toSequence: anchored.sequence })
  return { ...anchored, position: kept.position }
}
