import { checkQuota, type QuotaRefusal } from '#lib/quotas/check-quota'
import type { Meter } from '#lib/quotas/quota-terms'
import { type CounterSlot, newSlot, slotKey } from '#server/quotas/counter-slot'
import { createLeaseSync } from '#server/quotas/lease-sync'
import {
  amountOf,
  type QuotaDemand,
  type ReserveResult,
  reserved,
  type SlotDemand,
  standingOf,
  standingsOf,
  take,
} from '#server/quotas/slot-demands'
import type { LeaseSyncOptions } from '#server/quotas/tell-authority'

/** One process's share of all counters, out of which requests are served without asking anybody. */
export interface LeaseHolder {
  /** At once where the process has enough; otherwise after the authority has answered. */
  reserve(demand: QuotaDemand): ReserveResult | Promise<ReserveResult>
  /** Resolves when everything that was used so far is told. */
  flush(): Promise<void>
  /** False while the authority does not answer. */
  authorityAnswers(): boolean
  /** Tells what was used and gives back everything else. */
  close(): Promise<void>
}

export function createLeaseHolder(options: LeaseSyncOptions): LeaseHolder {
  const { clock } = options
  const slots = new Map<string, CounterSlot>()
  const sync = createLeaseSync(options, slots)

  function slotOf(meter: Meter, atMs: number): CounterSlot {
    const key = slotKey(meter, atMs)
    let slot = slots.get(key)
    if (!slot) {
      slot = newSlot(meter, { atMs, monotonicMs: clock.monotonicMs() })
      slots.set(key, slot)
    }
    slot.meter = meter
    return slot
  }

  return {
    reserve(demand) {
      const wanted = demand.meters.map((meter) => ({
        slot: slotOf(meter, demand.atMs),
        amount: amountOf(meter.measure, demand.amounts),
      }))
      const taken = take(wanted, clock.monotonicMs())
      sync.watch()
      if (taken) return reserved(wanted, sync.settled)
      const refusal = refusedForGood(wanted, clock.nowMs())
      if (refusal) return { kind: 'refused', refusal, standings: standingsOf(wanted) }
      return new Promise((resolve) => sync.wait({ wanted, resolve, tries: 0, ...demand }))
    },
    flush: sync.flush,
    authorityAnswers: sync.authorityAnswers,
    close: sync.close,
  }
}

/** What is used never comes back within its window, so nobody need be asked again. */
function refusedForGood(wanted: readonly SlotDemand[], nowMs: number): QuotaRefusal | null {
  const used = wanted.map(({ slot, amount }) => ({ ...standingOf(slot, amount), reserved: 0n }))
  const verdict = checkQuota(used, nowMs)
  return verdict.ok ? null : verdict.refusal
}
