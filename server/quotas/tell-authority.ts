import { applyGrant, type CounterSlot, type Lack } from '#server/quotas/counter-slot'
import type { CounterId, LeaseEntry, QuotaAuthority } from '#server/quotas/quota-authority'
import type { QuotaDemand, ReserveResult, SlotDemand } from '#server/quotas/slot-demands'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'

export interface LeaseSyncOptions {
  authority: QuotaAuthority
  /** Id of the instance. */
  holder: string
  /** What the ledger has of a counter up to a moment. */
  seedOf(counter: CounterId, beforeMs: number): Promise<bigint>
  clock: Clock
  log: Pick<Log, 'warn' | 'info'>
  /** How long a request waits for the authority; 3 s unless told, since a slow one is still exact. */
  answerWithinMs?: number
  /** Pause between two reports while there is something to tell; 500 ms unless told. */
  tickMs?: number
  /** How long a request waits for what others had to spare to come back; 300 ms unless told, which is tried thrice. */
  recallWaitMs?: number
}

/** A request that waits for the authority. */
export interface Waiter extends QuotaDemand {
  wanted: readonly SlotDemand[]
  resolve(result: ReserveResult): void
  /** How often it waited for what others had to spare. */
  tries: number
}

interface Told {
  slot: CounterSlot
  entry: LeaseEntry
}

/**
 * Tells the authority what this process has and lacks, and takes over its answers. A counter that it does not know yet
 * begins with what the ledger says. @throws when the authority does not answer.
 */
export async function tellAuthority(options: LeaseSyncOptions, told: readonly Told[]): Promise<void> {
  if (told.length === 0) return
  const { authority, clock, holder } = options
  const leaseUntilMs = clock.monotonicMs() + authority.leaseForMs * safeShare
  const grants = await authority.sync(
    holder,
    told.map(({ entry }) => entry),
  )
  const unknown: Told[] = []
  told.forEach(({ slot, entry }, index) => {
    const grant = grants[index]
    if (grant) applyGrant(slot, { entry, grant, leaseUntilMs })
    else unknown.push({ slot, entry })
  })
  const seeded = unknown.map(async ({ slot, entry }) => ({
    slot,
    entry: { ...entry, seed: await options.seedOf(slot, slot.sinceMs) },
  }))
  await tellAuthority(options, await Promise.all(seeded))
}

/** The process lets go of a lease well before the authority does, whose clock is another. */
const safeShare = 0.8

/** What the waiting requests lack, by counter. */
export function lacksOf(batch: readonly Waiter[]): Map<CounterSlot, Lack> {
  const wants = new Map<CounterSlot, { sum: bigint; smallest: bigint }>()
  for (const { wanted } of batch) {
    for (const { slot, amount } of wanted) {
      if (slot.meter.limit === null) continue
      const want = wants.get(slot)
      const smallest = want && want.smallest < amount ? want.smallest : amount
      wants.set(slot, { sum: (want?.sum ?? 0n) + amount, smallest })
    }
  }
  const lacks = new Map<CounterSlot, Lack>()
  for (const [slot, { sum, smallest }] of wants) {
    const lack = (amount: bigint) => (amount > slot.holding.spare ? amount - slot.holding.spare : 0n)
    lacks.set(slot, { need: lack(sum), least: lack(smallest) })
  }
  return lacks
}
