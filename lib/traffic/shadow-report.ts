import type { ParityClass } from '#lib/migration/compare-answers'

/** Why a sampled request was not mirrored. */
export const mirrorDrops = [
  /** As many wait already as may. */
  'queue_full',
  /** No deployment of the candidate has head-room: real traffic comes first. */
  'no_room',
  /** The request or its answer is too large to be kept for it. */
  'too_large',
  /** The baseline's answer has parts that cannot be compared: audio, or the old `function_call` in a stream. */
  'unreadable',
  /** The candidate's model has no price, so the cap could not be kept. */
  'unpriced',
  /** All that is left of the cap is set aside for mirrors under way. */
  'budget',
  /** The database did not say whether the cap allows it. */
  'failed',
] as const
export type MirrorDrop = (typeof mirrorDrops)[number]

/** Differences of wording; every other one can break what a caller does with the answer. */
const wording: ReadonlySet<ParityClass> = new Set(['length', 'meaning'])

/** Can one of the differences break what a caller does with the answer? */
export function isBreaking(differences: readonly ParityClass[]): boolean {
  return differences.some((name) => !wording.has(name))
}

/** What came of mirroring in a visit, as far as its gates look at it. */
export interface ShadowCounts {
  pairs: number
  /** Pairs without a breaking difference. */
  alike: number
  /** Mirroring has stopped at its cap. */
  capReached: boolean
}
