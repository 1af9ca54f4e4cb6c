import type { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

/** A record whose caller waits to hear that it is safe. */
export interface Waiting {
  /** The record as `encodeLedgerLine` wrote it. */
  line: string
  handedInMs: number
  settled: boolean
  resolve: (how: 'committed' | 'journaled') => void
  reject: (error: AppError) => void
}

/** Counts who waits; settling twice is settling once. */
export interface WaitingRoom {
  /** `enter` gets the record's place in the room at once, before anything else runs. */
  admit(line: string, enter: (waiting: Waiting) => void): Promise<'committed' | 'journaled'>
  settle(waiting: Waiting, how: 'committed' | 'journaled' | AppError): void
  unsettled(): number
  /** Resolves when nobody waits. */
  empty(): Promise<void>
}

export function createWaitingRoom(clock: Clock): WaitingRoom {
  let unsettled = 0
  let listeners: (() => void)[] = []
  return {
    admit: (line, enter) =>
      new Promise((resolve, reject) => {
        unsettled += 1
        enter({ line, handedInMs: clock.monotonicMs(), settled: false, resolve, reject })
      }),
    settle(waiting, how) {
      if (waiting.settled) return
      waiting.settled = true
      if (typeof how === 'string') waiting.resolve(how)
      else waiting.reject(how)
      unsettled -= 1
      if (unsettled > 0) return
      for (const listener of listeners) listener()
      listeners = []
    },
    unsettled: () => unsettled,
    empty: () => (unsettled === 0 ? Promise.resolve() : new Promise((resolve) => listeners.push(resolve))),
  }
}
