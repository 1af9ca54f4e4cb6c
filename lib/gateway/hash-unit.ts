/** FNV-1a, 32 bits, over UTF-16 code units. Source: http://www.isthe.com/chongo/tech/comp/fnv/ */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/**
 * Bucket 0–9,999 of a unit (session, creator, request) under a seed: GrowthBook's hash version 2, so that the same unit
 * always has the same place and raising a share never moves anybody back.
 * Source: https://docs.growthbook.io/lib/build-your-own#hashing
 */
export function bucketOf(seed: string, unit: string): number {
  return fnv1a(String(fnv1a(seed + unit))) % 10_000
}
