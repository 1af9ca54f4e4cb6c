import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { RecordStore } from '#server/migration/record-store'

/** Two stores of which the second takes the first one's place: what a domain registers to have it moved. */
export interface DualWritePair {
  /** What is kept twice, e.g. `memories`; the name under which it is written, switched and shown. */
  stream: string
  /** Which store is left and which one is moved to, for a person: `Postgres`, `Azure AI Search`. */
  names: { primary: string; secondary: string }
  primary: RecordStore
  secondary: RecordStore
}

/** Makes the pairs of a process over its database. */
export type MakePairs = (db: Pick<Database, 'pool'>) => readonly DualWritePair[]

/**
 * The stores that move. A domain that moves one adds its pair here and writes through `writeRecord`; everything else
 * (delivery, copy, comparison, switches, alerts, the page) goes by this list. As long as it is empty, no store moves.
 */
export const registeredPairs: MakePairs = () => []

/** @throws AppError `not_found` naming the streams there are. */
export function requirePair(pairs: readonly DualWritePair[], stream: string): DualWritePair {
  const pair = pairs.find((one) => one.stream === stream)
  if (pair) return pair
  const known = pairs.map((one) => one.stream).join(', ') || 'none: no store is being migrated'
  throw new AppError('not_found', { message: `There is no dual-write of ${stream}. Known: ${known}.` })
}
