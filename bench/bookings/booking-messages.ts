import type { Spread } from '#bench/load/load-jobs'

/** What the booking host is started with. */
export interface HostPlan {
  readonly database: 'embedded' | 'postgres'
}

/** From the load generator: requests ended (by number), or one of the commands. */
export type ToHost =
  | { readonly kind: 'ended'; readonly from: number; readonly count: number }
  | { readonly kind: 'begin' | 'settle' | 'check' | 'close' }

/** What a phase cost; `safe`: from a request's end until its record survives `kill -9`, microseconds. */
export interface BookingCost {
  /** Of the host's process, the embedded database's thread included. */
  readonly hostCpuMs: number
  /** Of Postgres' processes that serve it; 0 when embedded, null where they run elsewhere. */
  readonly databaseCpuMs: number | null
  readonly safe: Spread
}

/** Rows that were found, by what they are; roll-ups as the requests that they add up to. */
export type BookedCounts = Readonly<Record<string, number>>

export type FromHost =
  | { readonly kind: 'ready' | 'began' | 'closed' }
  | { readonly kind: 'booked'; readonly count: number }
  | { readonly kind: 'settled'; readonly cost: BookingCost }
  | { readonly kind: 'checked'; readonly counts: BookedCounts }
  | { readonly kind: 'failed'; readonly message: string }
