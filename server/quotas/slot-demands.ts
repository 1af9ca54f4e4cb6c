import type { MeterStanding, QuotaRefusal } from '#lib/quotas/check-quota'
import { reserveFrom, settleInto } from '#lib/quotas/holding'
import type { Meter, QuotaMeasure, QuotaPlan } from '#lib/quotas/quota-terms'
import { type CounterSlot, dropEndedLease, reservedOf, usedOf } from '#server/quotas/counter-slot'

/** Amounts by measure: what a request may use, or has used. `requests` and `concurrent` are not asked: they are one. */
export interface QuotaAmounts {
  tokens: bigint
  costPicoUsd: bigint
}

/** What is set aside for one request until it ends. */
export interface Reservation {
  /** Gives back what was not used. Once; later calls do nothing. */
  settle(used: QuotaAmounts): void
  /** The request never went: everything comes back. */
  release(): void
  /** How its meters stand now. */
  standings(): readonly MeterStanding[]
}

export type ReserveResult =
  | { kind: 'reserved'; reservation: Reservation }
  | { kind: 'refused'; refusal: QuotaRefusal; standings: readonly MeterStanding[] }
  /** The authority did not answer, and the plan says to refuse then. */
  | { kind: 'lost' }

export interface QuotaDemand {
  meters: readonly Meter[]
  amounts: QuotaAmounts
  /** When the request began, since 1970: in the windows of that moment it counts. */
  atMs: number
  onAuthorityLoss: QuotaPlan['onAuthorityLoss']
}

/** One request's part of one counter. */
export interface SlotDemand {
  slot: CounterSlot
  amount: bigint
}

/** Requests count one each, whatever they use. */
export function amountOf(measure: QuotaMeasure, { tokens, costPicoUsd }: QuotaAmounts): bigint {
  if (measure === 'tokens') return tokens
  return measure === 'cost' ? costPicoUsd : 1n
}

/** Sets everything aside, or nothing. */
export function take(wanted: readonly SlotDemand[], monotonicMs: number): boolean {
  for (const { slot, amount } of wanted) {
    dropEndedLease(slot, monotonicMs)
    if (slot.meter.limit !== null && amount > slot.holding.spare) return false
  }
  takeAnyway(wanted, monotonicMs)
  return true
}

/** Sets aside also what nobody granted: where nothing is limited, or nobody can be asked. */
export function takeAnyway(wanted: readonly SlotDemand[], monotonicMs: number): void {
  for (const { slot, amount } of wanted) {
    const { holding } = slot
    slot.holding = reserveFrom(holding, amount) ?? {
      ...holding,
      reserved: holding.reserved + amount,
      spare: 0n,
    }
    slot.takenAtMs = monotonicMs
  }
}

export function standingsOf(wanted: readonly SlotDemand[]): MeterStanding[] {
  return wanted.map(({ slot, amount }) => standingOf(slot, amount))
}

export function standingOf(slot: CounterSlot, amount: bigint): MeterStanding {
  return {
    meter: slot.meter,
    amount,
    used: usedOf(slot),
    reserved: reservedOf(slot),
    resetAtMs: slot.windowEndMs,
  }
}

export function reserved(
  wanted: readonly SlotDemand[],
  settled: (slots: readonly SlotDemand[]) => void,
): ReserveResult {
  let open = true
  const end = (usedIn: (slot: CounterSlot) => bigint) => {
    if (!open) return
    open = false
    for (const { slot, amount } of wanted)
      slot.holding = settleInto(slot.holding, { reserved: amount, used: usedIn(slot) })
    settled(wanted)
  }
  const reservation: Reservation = {
    settle: (used) =>
      end(({ meter: { measure } }) => (measure === 'concurrent' ? 0n : amountOf(measure, used))),
    release: () => end(() => 0n),
    standings: () => standingsOf(wanted),
  }
  return { kind: 'reserved', reservation }
}
