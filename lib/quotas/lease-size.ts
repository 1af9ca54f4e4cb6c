/** A lease takes at most this share of what is left, so that several processes find room at the same time. */
const shareOfRoom = 8n

/**
 * How much of the room a process is given that needs `need` and would like `wish`. Far from the limit it gets what it
 * wishes, so that the next requests need not ask; the nearer the limit, the smaller the part beyond its need, down to
 * nothing. When there is less room than it needs it gets all there is, for the first of those who wait.
 */
export function leaseSize({ room, need, wish }: { room: bigint; need: bigint; wish: bigint }): bigint {
  if (room <= need) return room > 0n ? room : 0n
  const spare = (room - need) / shareOfRoom
  const more = wish - need
  return need + (more < spare ? more : spare)
}

/** Is so little left that nobody should hold more than its running requests need? */
export function isTight({ room, limit }: { room: bigint; limit: bigint }): boolean {
  return room * shareOfRoom <= limit
}
