import { leaseSize } from '#lib/quotas/lease-size'

/** One process's part of a counter, as it last told. */
export interface CounterLease {
  /** Ended, running, and spare together. */
  granted: bigint
  /** By requests that have ended. */
  used: bigint
  /** Leased and not in use: what others can get back by asking. */
  spare: bigint
  expiresAtMs: number
}

/** A counter in one window, by holder. What was used before anybody counted is a lease that was used up. */
export interface QuotaCounter {
  leases: ReadonlyMap<string, CounterLease>
  /** When somebody last found too little while others had some to spare. */
  recalledAtMs: number
}

/** What a process says when it asks for more, gives back, or only shows that it is alive. */
export interface LeaseRequest {
  holder: string
  /** Null = no limit. */
  limit: bigint | null
  used: bigint
  reserved: bigint
  spare: bigint
  /** What waiting requests lack; 0 = nobody waits. */
  need: bigint
  /** What the smallest of them lacks: less than that is of no use to anybody. */
  least: bigint
  /** What it would like to have, `need` included. */
  wish: bigint
}

export interface LeaseGrant {
  /** On top of what the holder has. */
  given: bigint
  /** Did the holder keep its spare part? Not when its lease had ended before it came back. */
  keptSpare: boolean
  /** Leased to others, or used by them. */
  others: bigint
  /** Used by requests that have ended, everybody's. */
  used: bigint
  /** What others hold without using it. */
  spareElsewhere: bigint
  /** Somebody else wants what the holder has to spare. */
  recalled: boolean
}

/** How long a recall is heard: longer than the longest silence of a process that has something to spare. */
const recallForMs = 2_000

export const emptyCounter: QuotaCounter = { leases: new Map(), recalledAtMs: Number.NEGATIVE_INFINITY }

/**
 * Takes note of what a process has and gives it what there is. A lease that has ended counts with what was used alone, so
 * that a process that died gives back what it had reserved. The sum over all holders never rises above the limit by this.
 */
export function grantLease(
  counter: QuotaCounter,
  request: LeaseRequest,
  { nowMs, leaseForMs }: { nowMs: number; leaseForMs: number },
): { counter: QuotaCounter; grant: LeaseGrant } {
  const before = counter.leases.get(request.holder)
  const keptSpare = before !== undefined && before.expiresAtMs > nowMs
  const rest = [...counter.leases].filter(([holder]) => holder !== request.holder)
  const alive = rest.filter(([, lease]) => lease.expiresAtMs > nowMs)
  const others = sum(rest.map(([, lease]) => (lease.expiresAtMs > nowMs ? lease.granted : lease.used)))
  const spareElsewhere = sum(alive.map(([, lease]) => lease.spare))
  const spare = keptSpare ? request.spare : 0n
  const held = request.used + request.reserved + spare
  const given = giveTo(request, others + held)
  const lacking = given < request.need
  const lease: CounterLease = {
    granted: held + given,
    used: request.used,
    spare: lacking ? 0n : spare + given - request.need,
    expiresAtMs: nowMs + leaseForMs,
  }
  const recalled = counter.recalledAtMs > nowMs - recallForMs
  return {
    counter: {
      leases: new Map(counter.leases).set(request.holder, lease),
      recalledAtMs: lacking && spareElsewhere > 0n ? nowMs : counter.recalledAtMs,
    },
    grant: {
      given,
      keptSpare,
      others,
      used: request.used + sum(rest.map(([, { used }]) => used)),
      spareElsewhere,
      recalled,
    },
  }
}

function giveTo({ limit, need, least, wish }: LeaseRequest, taken: bigint): bigint {
  if (limit === null) return wish
  const given = leaseSize({ room: limit - taken, need, wish })
  return given < least ? 0n : given
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
