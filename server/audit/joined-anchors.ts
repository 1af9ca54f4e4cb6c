import type { Anchors } from '#server/audit/anchors'

/** Several places as one: what any of them knows counts, and everything is written to all. */
export function joinAnchors(
  places: readonly Anchors[],
): Pick<Anchors, 'readHead' | 'writeHead' | 'readCheckpoints'> {
  return {
    async readHead() {
      const heads = await Promise.all(places.map((place) => place.readHead()))
      return heads.reduce((a, b) => (a === null || (b !== null && b.sequence > a.sequence) ? b : a), null)
    },
    async writeHead(seal) {
      for (const place of places) await place.writeHead(seal)
    },
    async readCheckpoints() {
      const all = (await Promise.all(places.map((place) => place.readCheckpoints()))).flat()
      const bySignature = new Map(all.map((checkpoint) => [checkpoint.signature, checkpoint]))
      return [...bySignature.values()].toSorted((a, b) => a.sequence - b.sequence)
    },
  }
}
