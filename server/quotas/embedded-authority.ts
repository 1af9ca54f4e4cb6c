import { emptyCounter, grantLease, type QuotaCounter } from '#lib/quotas/quota-counter'
import {
  type CounterId,
  type CounterTotals,
  keepForMs,
  type LeaseEntry,
  type QuotaAuthority,
  seedHolder,
} from '#server/quotas/quota-authority'

interface KeptCounter {
  counter: QuotaCounter
  windowEndMs: number
}

/**
 * The process itself as the authority, for an embedded database, which has no other. Its counters live in memory and begin
 * with what the ledger says, so that what is used survives a crash as the ledger does.
 */
export function createEmbeddedAuthority({
  nowMs,
  leaseForMs,
}: {
  nowMs: () => number
  leaseForMs: number
}): QuotaAuthority {
  const counters = new Map<string, KeptCounter>()
  return {
    leaseForMs,
    async sync(holder, entries) {
      return entries.map((entry) => {
        const key = keyOf(entry)
        const present = counters.get(key)?.counter ?? newCounter(entry)
        if (!present) return null
        const { counter, grant } = grantLease(present, { ...entry, holder }, { nowMs: nowMs(), leaseForMs })
        counters.set(key, { counter, windowEndMs: entry.windowEndMs })
        return grant
      })
    },
    async read(ids) {
      return ids.map((id) => {
        const kept = counters.get(keyOf(id))
        return kept ? totalsOf(kept.counter, nowMs()) : null
      })
    },
    async purge(now) {
      for (const [key, { windowEndMs }] of counters) if (windowEndMs + keepForMs < now) counters.delete(key)
    },
  }
}

function keyOf({ accountId, counter, windowStartMs }: CounterId): string {
  return `${windowStartMs}/${accountId}/${counter}`
}

function newCounter({ seed }: LeaseEntry): QuotaCounter | null {
  if (seed === null) return null
  if (seed === 0n) return emptyCounter
  const lease = { granted: seed, used: seed, spare: 0n, expiresAtMs: 0 }
  return { ...emptyCounter, leases: new Map([[seedHolder, lease]]) }
}

function totalsOf({ leases }: QuotaCounter, nowMs: number): CounterTotals {
  let used = 0n
  let taken = 0n
  for (const lease of leases.values()) {
    used += lease.used
    taken += lease.expiresAtMs > nowMs ? lease.granted : lease.used
  }
  return { used, reserved: taken - used }
}
