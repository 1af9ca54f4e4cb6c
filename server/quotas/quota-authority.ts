import type { LeaseGrant, LeaseRequest } from '#lib/quotas/quota-counter'

/** A counter in one window: what the authority keeps. */
export interface CounterId {
  accountId: string
  /** `meterKey` of what is counted. */
  counter: string
  windowStartMs: number
  windowEndMs: number
}

export interface LeaseEntry extends CounterId, Omit<LeaseRequest, 'holder'> {
  /** What was used before anybody counted, should the counter be new; null = not known yet. */
  seed: bigint | null
}

/** How much of a counter is used and set aside, all holders together. */
export interface CounterTotals {
  used: bigint
  /** Leased to processes beyond what is used. */
  reserved: bigint
}

/**
 * Keeps the counters that all instances share, and decides as `grantLease` does, counter by counter, each atomically and
 * by its own clock. Rejects when it does not answer.
 */
export interface QuotaAuthority {
  /** How long a process that falls silent keeps what it has. */
  leaseForMs: number
  /** Null for a counter that is new and whose entry brings no seed; nothing is kept of it then. */
  sync(holder: string, entries: readonly LeaseEntry[]): Promise<readonly (LeaseGrant | null)[]>
  /** Null for a counter that nobody has counted yet. */
  read(counters: readonly CounterId[]): Promise<readonly (CounterTotals | null)[]>
  /** Forgets counters whose window has long ended. */
  purge(nowMs: number): Promise<void>
}

/** The holder in whose name stands what was used before anybody counted. */
export const seedHolder = 'ledger'

/** How long a counter is kept after its window. */
export const keepForMs = 3_600_000
