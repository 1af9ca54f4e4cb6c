import type { ChainState } from '#lib/audit/chain'
import type { Seal } from '#lib/audit/seal'
import { positionOf, readEntryTexts } from '#server/audit/entry-texts'
import { readSealsBehind } from '#server/audit/seal-store'
import type { Database } from '#server/db/database'

/** A seal with all entries between its positions, as `entryText` writes them. */
export interface SealedEntries {
  seal: Seal
  entries: string[]
}

/** Entries that are read at once: hashed within some milliseconds, few round trips. */
const entriesPerRead = 4_000
const sealsPerRead = 32
/** Read beyond those that a seal speaks of, so that what was inserted shows. */
const moreThanSealed = 100

/** Seals behind a state with their entries, in order, up to a sequence; a group at a time, the next one read ahead. */
export async function* readSealed(
  db: Pick<Database, 'pool'>,
  { from, toSequence }: { from: ChainState; toSequence: number },
): AsyncGenerator<SealedEntries[]> {
  const groups = readGroups(db, { from, toSequence })
  let next = groups.next()
  // A failure is thrown where the group is asked for.
  next.catch(() => undefined)
  for (;;) {
    const group = await next
    if (group.done) return
    next = groups.next()
    next.catch(() => undefined)
    yield group.value
  }
}

async function* readGroups(
  db: Pick<Database, 'pool'>,
  { from, toSequence }: { from: ChainState; toSequence: number },
): AsyncGenerator<SealedEntries[]> {
  let waiting: Seal[] = []
  let sequence = from.sequence
  for (;;) {
    if (waiting.length === 0) {
      if (sequence >= toSequence) return
      waiting = await readSealsBehind(db.pool, { sequence, limit: sealsPerRead })
      if (waiting.length === 0) return
    }
    const group = takeGroup(waiting)
    waiting = waiting.slice(group.length)
    sequence = group.at(-1)?.lastSequence ?? sequence
    yield await readGroup(db, group)
  }
}

function takeGroup(seals: readonly Seal[]): Seal[] {
  let entries = 0
  const end = seals.findIndex((seal, index) => {
    entries += seal.lastSequence - seal.firstSequence + 1
    return index > 0 && entries > entriesPerRead
  })
  return seals.slice(0, end < 0 ? seals.length : end)
}

async function readGroup(db: Pick<Database, 'pool'>, seals: readonly Seal[]): Promise<SealedEntries[]> {
  const [first, last] = [seals[0], seals.at(-1)]
  if (!first || !last) return []
  const sealed = seals.reduce((sum, seal) => sum + seal.hashes.length / 64, 0)
  const entries = await readEntryTexts(db.pool, {
    after: first.afterPosition,
    upTo: last.lastPosition,
    limit: sealed + moreThanSealed,
  })
  let place = 0
  return seals.map((seal) => {
    const start = place
    while (place < entries.length && positionOf(entries[place]) <= seal.lastPosition) place += 1
    return { seal, entries: entries.slice(start, place) }
  })
}
