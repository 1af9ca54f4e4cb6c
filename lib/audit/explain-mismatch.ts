import { chainHash, type Sha256 } from '#lib/audit/chain'
import type { ChainProblem } from '#lib/audit/chain-problem'
import { type EntryRow, entryRow, entryText } from '#lib/audit/entry-text'
import { hashDigits, type Seal } from '#lib/audit/seal'

export interface Mismatch {
  seal: Seal
  /** As `entryText` writes them. */
  entries: readonly string[]
  /** Place of the first entry within the seal that does not have its hash, or is not there. */
  index: number
  /** Chain hash of the entry before. */
  previous: string
}

/** What was done to the entry, as far as the hashes of its neighbours tell; `changed` when they tell nothing else. */
export function explainMismatch({ seal, entries, index, previous }: Mismatch, sha256: Sha256): ChainProblem {
  const sequence = seal.firstSequence + index
  const hashAt = (place: number) => seal.hashes.slice(place * hashDigits, (place + 1) * hashDigits)
  const count = seal.hashes.length / hashDigits
  /** Whether the entry is what was sealed in that place. */
  const belongsAt = (entry: string | undefined, place: number): boolean => {
    if (entry === undefined || place >= count) return false
    const before = place === index ? previous : hashAt(place - 1)
    return (
      chainHash({ previous: before, sequence: seal.firstSequence + place, entry }, sha256) === hashAt(place)
    )
  }
  const entry = entries[index]
  if (entry === undefined) return { kind: 'missing', sequence, toSequence: seal.lastSequence }
  if (belongsAt(entries[index + 1], index)) {
    const isCopy = [entries[index - 1], entries[index + 1]].some((other) => isSameContent(entry, other))
    return { kind: isCopy ? 'duplicated' : 'inserted', sequence, toSequence: sequence }
  }
  for (let place = index + 1; place < count; place += 1)
    if (belongsAt(entry, place))
      return { kind: 'missing', sequence, toSequence: seal.firstSequence + place - 1 }
  for (let place = index + 1; place < entries.length; place += 1)
    if (belongsAt(inPlaceOf(entries[place], entry), index))
      return { kind: 'swapped', sequence, toSequence: seal.firstSequence + place }
  return { kind: 'changed', sequence, toSequence: sequence }
}

/** Apart from its position and its time. */
function isSameContent(one: string, other: string | undefined): boolean {
  if (other === undefined) return false
  const others = entryRow(other)
  return entryRow(one).every((field, place) => place === 0 || place === 2 || field === others[place])
}

/** The one's content under the other's position. */
function inPlaceOf(entry: string | undefined, other: string): string | undefined {
  if (entry === undefined) return undefined
  const [position = null] = entryRow(other)
  const moved: EntryRow = [position, ...entryRow(entry).slice(1)]
  return entryText(moved)
}
