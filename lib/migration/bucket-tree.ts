/**
 * A hash tree over the buckets of a store: the leaves are buckets of records by their id, and a node's digest is the XOR
 * of the checksums below it with their number, so that any level is one grouped query and nothing has to be kept.
 * After Merkle, "A Digital Signature Based on a Conventional Encryption Function" (1987), with fan-out 4.
 */
export const bucketCount = 65_536
export const treeFanOut = 4

/** A node: the buckets from `first` on, `width` of them. */
export interface BucketRange {
  first: number
  width: number
}

export interface BucketDigest extends BucketRange {
  records: number
  /** XOR of both halves of the records' checksums, as decimal digits. */
  high: string
  low: string
}

export const wholeTree: BucketRange = { first: 0, width: bucketCount }

/** The children of a node; none for a leaf. */
export function childrenOf({ first, width }: BucketRange): BucketRange[] {
  if (width === 1) return []
  const part = width / treeFanOut
  return Array.from({ length: treeFanOut }, (_, index) => ({ first: first + index * part, width: part }))
}

/** The ranges in which the stores differ, out of those that were asked for. A range that a store does not name is empty. */
export function differingRanges(
  asked: readonly BucketRange[],
  primary: readonly BucketDigest[],
  secondary: readonly BucketDigest[],
): BucketRange[] {
  const ours = new Map(primary.map((digest) => [digest.first, digest]))
  const theirs = new Map(secondary.map((digest) => [digest.first, digest]))
  return asked.filter(({ first }) => textOf(ours.get(first)) !== textOf(theirs.get(first)))
}

function textOf(digest: BucketDigest | undefined): string {
  return digest && digest.records > 0 ? `${digest.records}/${digest.high}/${digest.low}` : ''
}
