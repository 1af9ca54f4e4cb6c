import { hashedText } from '#lib/audit/entry-text'

/** SHA-256 of a text in UTF-8, as 64 hex digits. */
export type Sha256 = (text: string) => string

/** Where a chain stands: behind the entry with that sequence. */
export interface ChainState {
  /** 0 = before the first entry. */
  sequence: number
  /** Chain hash of that entry, 64 hex digits. */
  hash: string
  /** Up to this position all entries belong to it. */
  position: number
}

export const chainStart: ChainState = { sequence: 0, hash: '0'.repeat(64), position: 0 }

/** Hash of the entry (`entryText`) that follows on `previous`: it depends on that entry and on all before it. */
export function chainHash(
  { previous, sequence, entry }: { previous: string; sequence: number; entry: string },
  sha256: Sha256,
): string {
  return sha256(`${previous}\n${hashedText(sequence, entry)}`)
}

/** The chain hashes of entries that follow on a state, one after the other, in hex. */
export function chainHashes(state: ChainState, entries: readonly string[], sha256: Sha256): string[] {
  let previous = state.hash
  return entries.map((entry, index) => {
    previous = chainHash({ previous, sequence: state.sequence + 1 + index, entry }, sha256)
    return previous
  })
}
