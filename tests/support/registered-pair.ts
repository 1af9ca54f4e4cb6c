import type { MakePairs } from '#server/migration/dual-write-pairs'
import { openPair } from '#tests/support/dual-worlds'

export { requirePair } from '#server/migration/dual-write-pairs'

/** The stream of the pair that `register-pair` registers. */
export const pairStream = 'memories'

export const registeredPairs: MakePairs = (db) => [openPair(db, pairStream)]
