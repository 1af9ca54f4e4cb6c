import { emptyHolding, type Holding } from '#lib/quotas/holding'
import { isTight } from '#lib/quotas/lease-size'
import type { LeaseGrant } from '#lib/quotas/quota-counter'
import { type Meter, meterKey } from '#lib/quotas/quota-terms'
import { windowOf } from '#lib/quotas/window-of'
import type { CounterId, LeaseEntry } from '#server/quotas/quota-authority'

/** One counter as a process has it: what it holds, and what it last heard about the others. */
export interface CounterSlot extends CounterId {
  /** As the latest request found it. */
  meter: Meter
  holding: Holding
  /** When this process first needed it, since 1970. What was used before is the ledger's to say. */
  sinceMs: number
  /** The authority has it. */
  known: boolean
  /** Until when what is spare may be given out; on the monotonic clock. */
  leaseUntilMs: number
  /** Leased to or used by others, as last heard. */
  others: bigint
  /** Used by everybody, as last heard, and what this process has told of it. */
  usedByAll: bigint
  toldUsed: bigint
  spareElsewhere: bigint
  /** Nobody should hold more than it needs: give back what is spare. */
  tight: boolean
  /** When a request last took of it; on the monotonic clock. */
  takenAtMs: number
  /** Requests that wait for the authority's word about it. */
  waiting: number
}

export function slotKey(meter: Meter, atMs: number): string {
  return `${windowOf(meter.window, atMs).startMs}/${meter.accountId}/${meterKey(meter)}`
}

export function newSlot(
  meter: Meter,
  { atMs, monotonicMs }: { atMs: number; monotonicMs: number },
): CounterSlot {
  const { startMs, endMs } = windowOf(meter.window, atMs)
  return {
    accountId: meter.accountId,
    counter: meterKey(meter),
    windowStartMs: startMs,
    windowEndMs: endMs,
    meter,
    holding: emptyHolding,
    sinceMs: atMs,
    known: false,
    leaseUntilMs: Number.NEGATIVE_INFINITY,
    others: 0n,
    usedByAll: 0n,
    toldUsed: 0n,
    spareElsewhere: 0n,
    tight: false,
    takenAtMs: monotonicMs,
    waiting: 0,
  }
}

/** Everybody's use, with what this process has not told yet. */
export function usedOf({ usedByAll, holding, toldUsed }: CounterSlot): bigint {
  return usedByAll + holding.used - toldUsed
}

/** What is set aside by this process, and what others have beyond what they used. */
export function reservedOf(slot: CounterSlot): bigint {
  const usedByOthers = slot.usedByAll - slot.toldUsed
  return slot.holding.reserved + slot.others - usedByOthers
}

/** Beyond its own time a lease is anybody's: what was spare of it is gone. */
export function dropEndedLease(slot: CounterSlot, monotonicMs: number): void {
  if (slot.holding.spare > 0n && monotonicMs >= slot.leaseUntilMs)
    slot.holding = { ...slot.holding, spare: 0n }
}

/** Does the slot wait to be told: something used, something to give back, or a lease to prolong? */
export function isDue(
  slot: CounterSlot,
  { monotonicMs, leaseForMs }: { monotonicMs: number; leaseForMs: number },
): boolean {
  const { used, reserved, spare } = slot.holding
  if (used !== slot.toldUsed || spare > 0n) return true
  return reserved > 0n && slot.leaseUntilMs - monotonicMs < (leaseForMs * 2) / 3
}

/** Everything is told and nothing is held. */
export function isQuiet({ holding: { used, reserved, spare }, toldUsed }: CounterSlot): boolean {
  return used === toldUsed && reserved === 0n && spare === 0n
}

/** A request that took long to arrive still counts in the window in which it began. */
const lateForMs = 120_000

/** May be forgotten: what it used is told, and nobody counts in it any more or is about to. */
export function isOver(slot: CounterSlot, nowMs: number): boolean {
  return (
    slot.waiting === 0 &&
    isQuiet(slot) &&
    (slot.meter.window === 'running' || slot.windowEndMs + lateForMs <= nowMs)
  )
}

export interface Lack {
  need: bigint
  least: bigint
}

const nothing: Lack = { need: 0n, least: 0n }
/** Seeds come from the ledger for windows that are long enough for it to matter. */
const unseeded = new Set(['minute', 'running'])

/** What to tell the authority; what is given back is no longer spare from here on. */
export function leaseEntry(
  slot: CounterSlot,
  { lack = nothing, seed, keepSpare }: { lack?: Lack | undefined; seed: bigint | null; keepSpare: boolean },
): LeaseEntry {
  if (!keepSpare && lack.need === 0n) slot.holding = { ...slot.holding, spare: 0n }
  const { used, reserved, spare } = slot.holding
  return {
    accountId: slot.accountId,
    counter: slot.counter,
    windowStartMs: slot.windowStartMs,
    windowEndMs: slot.windowEndMs,
    limit: slot.meter.limit,
    used,
    reserved,
    spare,
    ...lack,
    wish: lack.need * wishFactor,
    seed: unseeded.has(slot.meter.window) || slot.meter.measure === 'concurrent' ? 0n : seed,
  }
}

/** Requests like those that wait, for which the process need not ask again. */
const wishFactor = 64n

/** Takes over what the authority said; `sentMs` is when it was asked, since the lease counts from there at the latest. */
export function applyGrant(
  slot: CounterSlot,
  { entry, grant, leaseUntilMs }: { entry: LeaseEntry; grant: LeaseGrant; leaseUntilMs: number },
): void {
  const lost = grant.keptSpare ? 0n : entry.spare
  const spare = slot.holding.spare - lost
  slot.holding = { ...slot.holding, spare: (spare > 0n ? spare : 0n) + grant.given }
  slot.known = true
  slot.leaseUntilMs = leaseUntilMs
  slot.others = grant.others
  slot.usedByAll = grant.used
  slot.toldUsed = entry.used
  slot.spareElsewhere = grant.spareElsewhere
  const { limit } = slot.meter
  const taken = grant.others + entry.used + entry.reserved + entry.spare - lost + grant.given
  slot.tight = grant.recalled || (limit !== null && isTight({ room: limit - taken, limit }))
}
