/** A reproducible stream of random choices. */
export interface SeededRandom {
  /** Next number in [0, 1). */
  next(): number
  /** Next integer in [0, below); `below` ≥ 1. */
  integer(below: number): number
  /** One of the items; throws a RangeError on an empty list. */
  pick<T>(items: readonly T[]): T
}

/** Mulberry32: the same seed gives the same stream everywhere. The seed is taken modulo 2³². */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const integer = (below: number) => Math.floor(next() * below)
  return {
    next,
    integer,
    pick: (items) => {
      const at = integer(items.length)
      for (const item of items.slice(at, at + 1)) return item
      throw new RangeError('cannot pick from an empty list')
    },
  }
}
