import { chainHash, type Sha256 } from '#lib/audit/chain'
import type { ChainProblem } from '#lib/audit/chain-problem'
import type { EntryRow } from '#lib/audit/entry-text'
import { hashDigits, type Seal } from '#lib/audit/seal'

export interface Mismatch {
  seal: Seal
  rows: readonly EntryRow[]
  /** Place of the first entry within the seal that does not have its hash, or is not there. */
  index: number
  /** Chain hash of the entry before. */
  previous: string
}

/** What was done to the entry, as far as the hashes of its neighbours tell; `changed` when they tell nothing else. */
export function explainMismatch({ seal, rows, index, previous }: Mismatch, sha256: Sha256): ChainProblem {
  const sequence = seal.firstSequence + index
  const hashAt = (place: number) => seal.hashes.slice(place * hashDigits, (place + 1) * hashDigits)
  const count = seal.hashes.length / hashDigits
  /** Whether the row is what was sealed in that place. */
  const belongsAt = (row: EntryRow | undefined, place: number): boolean => {
    if (row === undefined || place >= count) return false
    const before = place === index ? previous : hashAt(place - 1)
    return (
      chainHash({ previous: before, sequence: seal.firstSequence + place, row }, sha256) === hashAt(place)
    )
  }
  const row = rows[index]
  if (row === undefined) return { kind: 'missing', sequence, toSequence: seal.lastSequence }
  if (belongsAt(rows[index + 1], index)) {
    const isCopy = [rows[index - 1], rows[index + 1]].some((other) => isSameContent(row, other))
    return { kind: isCopy ? 'duplicated' : 'inserted', sequence, toSequence: sequence }
  }
  for (let place = index + 1; place < count; place += 1)
    if (belongsAt(row, place))
      return { kind: 'missing', sequence, toSequence: seal.firstSequence + place - 1 }
  for (let place = index + 1; place < rows.length; place += 1)
    if (belongsAt(inPlaceOf(rows[place], row), index))
      return { kind: 'swapped', sequence, toSequence: seal.firstSequence + place }
  return { kind: 'changed', sequence, toSequence: sequence }
}

/** Apart from its position and its time. */
function isSameContent(row: EntryRow, other: EntryRow | undefined): boolean {
  return (
    other !== undefined && row.every((field, place) => place === 0 || place === 2 || field === other[place])
  )
}

/** The one row's content under the other's position. */
function inPlaceOf(row: EntryRow | undefined, other: EntryRow): EntryRow | undefined {
  return row && [other[0] ?? null, ...row.slice(1)]
}
