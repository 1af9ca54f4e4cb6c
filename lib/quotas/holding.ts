/**
 * What one process has of one counter: `used` by requests that have ended, `reserved` for those that run, `spare` leased
 * beyond both. Amounts in the counter's unit.
 */
export interface Holding {
  used: bigint
  reserved: bigint
  spare: bigint
}

export const emptyHolding: Holding = { used: 0n, reserved: 0n, spare: 0n }

/** Sets `amount` aside for a request, out of what is spare; null when that does not suffice. */
export function reserveFrom(holding: Holding, amount: bigint): Holding | null {
  if (amount > holding.spare) return null
  return { ...holding, spare: holding.spare - amount, reserved: holding.reserved + amount }
}

/**
 * A request has ended: `reserved` was set aside for it and `used` is what it used. What it did not use is spare again; what
 * it used beyond is taken out of what is spare, as far as there is any.
 */
export function settleInto(
  holding: Holding,
  { reserved, used }: { reserved: bigint; used: bigint },
): Holding {
  const spare = holding.spare + reserved - used
  return {
    used: holding.used + used,
    reserved: holding.reserved - reserved,
    spare: spare > 0n ? spare : 0n,
  }
}
