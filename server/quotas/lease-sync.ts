import { checkQuota } from '#lib/quotas/check-quota'
import { type CounterSlot, isDue, isOver, isQuiet, leaseEntry } from '#server/quotas/counter-slot'
import { reserved, type SlotDemand, standingsOf, take, takeAnyway } from '#server/quotas/slot-demands'
import { type LeaseSyncOptions, lacksOf, tellAuthority, type Waiter } from '#server/quotas/tell-authority'

/** Carries a process's counters to the authority and back: one call at a time, which takes all that waits. */
export interface LeaseSync {
  wait(waiter: Waiter): void
  /** There is, or will be, something to tell. */
  watch(): void
  settled(wanted: readonly SlotDemand[]): void
  flush(): Promise<void>
  authorityAnswers(): boolean
  close(): Promise<void>
}

/** What somebody just gave back is with the authority by then. */
const settlingMs = 20
const mostTries = 3
/** Others may take what was granted, again and again; who had no luck so often is told what the plan says of a lost authority. */
const mostContests = 100
/** How long nobody is asked after a failure, so that requests do not wait for nothing. */
const restMs = 1_000
/** Spare that nobody took for so long goes back. */
const idleMs = 1_000

interface Sync {
  options: LeaseSyncOptions
  slots: Map<string, CounterSlot>
  waiters: Waiter[]
  running: Promise<void> | null
  timer: ReturnType<typeof setTimeout> | null
  /** Until when nobody is asked; on the monotonic clock, infinite while a call is overdue. */
  restUntilMs: number
  failing: boolean
  /** There is something to tell though nobody waits. */
  returning: boolean
  closing: boolean
}

export function createLeaseSync(options: LeaseSyncOptions, slots: Map<string, CounterSlot>): LeaseSync {
  const sync: Sync = {
    options,
    slots,
    waiters: [],
    running: null,
    timer: null,
    restUntilMs: Number.NEGATIVE_INFINITY,
    failing: false,
    returning: false,
    closing: false,
  }
  return {
    wait: (waiter) => wait(sync, announced(waiter)),
    watch: () => watch(sync),
    settled: (wanted) => settled(sync, wanted),
    flush: () => flush(sync),
    authorityAnswers: () => !sync.failing,
    async close() {
      sync.closing = true
      if (sync.timer) clearTimeout(sync.timer)
      await flush(sync)
      if (!sync.failing) await flush(sync)
    },
  }
}

/** A counter that somebody waits for is not forgotten, however idle it looks: the authority would never be asked about it. */
function announced(waiter: Waiter): Waiter {
  const { wanted } = waiter
  for (const { slot } of wanted) slot.waiting += 1
  return {
    ...waiter,
    resolve(result) {
      for (const { slot } of wanted) slot.waiting -= 1
      waiter.resolve(result)
    },
  }
}

function wait(sync: Sync, waiter: Waiter): void {
  if (sync.restUntilMs === Number.POSITIVE_INFINITY) answerLost(sync, waiter)
  else {
    sync.waiters.push(waiter)
    kick(sync)
  }
}

function settled(sync: Sync, wanted: readonly SlotDemand[]): void {
  if (wanted.some(({ slot }) => slot.tight && slot.holding.spare > 0n)) giveBack(sync)
  watch(sync)
}

function giveBack(sync: Sync): void {
  sync.returning = true
  kick(sync)
}

async function flush(sync: Sync): Promise<void> {
  giveBack(sync)
  while (sync.running) await sync.running
}

function watch(sync: Sync): void {
  if (sync.timer || sync.closing) return
  sync.timer = setTimeout(tick, sync.options.tickMs ?? 500, sync)
  sync.timer.unref()
}

function tick(sync: Sync): void {
  const { slots, options } = sync
  sync.timer = null
  for (const [key, slot] of slots) if (isOver(slot, options.clock.nowMs())) slots.delete(key)
  if ([...slots.values()].every(isQuiet)) return
  giveBack(sync)
  watch(sync)
}

function kick(sync: Sync): void {
  sync.running ??= loop(sync).finally(() => {
    sync.running = null
    if (sync.waiters.length > 0 || sync.returning) kick(sync)
  })
}

async function loop(sync: Sync): Promise<void> {
  while (sync.waiters.length > 0 || sync.returning) {
    sync.returning = false
    const batch = sync.waiters
    sync.waiters = []
    if (sync.options.clock.monotonicMs() < sync.restUntilMs && !sync.closing) {
      for (const waiter of batch) answerLost(sync, waiter)
    } else await exchange(sync, batch)
  }
}

/** One call; whoever waits longer than is bearable is answered without it, and the call is seen to its end. */
async function exchange(sync: Sync, batch: readonly Waiter[]): Promise<void> {
  const { log, clock, answerWithinMs = 3_000 } = sync.options
  let open: readonly Waiter[] = batch
  const late = setTimeout(() => {
    sync.restUntilMs = Number.POSITIVE_INFINITY
    for (const waiter of [...open, ...sync.waiters]) answerLost(sync, waiter)
    open = []
    sync.waiters = []
  }, answerWithinMs)
  try {
    await tell(sync, batch)
    if (sync.failing) log.info({}, 'the quota authority answers again')
    sync.failing = false
    sync.restUntilMs = Number.NEGATIVE_INFINITY
    for (const waiter of open) answer(sync, waiter)
  } catch (error) {
    if (!sync.failing)
      log.warn({ err: error }, 'the quota authority does not answer; plans say what happens now')
    sync.failing = true
    sync.restUntilMs = clock.monotonicMs() + restMs
    for (const waiter of open) answerLost(sync, waiter)
    watch(sync)
  } finally {
    clearTimeout(late)
  }
}

async function tell(sync: Sync, batch: readonly Waiter[]): Promise<void> {
  const { options, slots, closing } = sync
  const { leaseForMs } = options.authority
  const lacks = lacksOf(batch)
  const monotonicMs = options.clock.monotonicMs()
  const keeps = (slot: CounterSlot) =>
    lacks.has(slot) || (!closing && !slot.tight && monotonicMs - slot.takenAtMs < idleMs)
  const due = [...slots.values()].filter(
    (slot) => lacks.has(slot) || isDue(slot, { monotonicMs, leaseForMs }),
  )
  const told = due.map((slot) => ({
    slot,
    entry: leaseEntry(slot, { lack: lacks.get(slot), seed: null, keepSpare: keeps(slot) }),
  }))
  await tellAuthority(options, told)
}

function answer(sync: Sync, waiter: Waiter): void {
  const { wanted } = waiter
  const { clock } = sync.options
  if (take(wanted, clock.monotonicMs())) {
    waiter.resolve(reserved(wanted, (slots) => settled(sync, slots)))
    return
  }
  const standings = standingsOf(wanted)
  const verdict = checkQuota(standings, clock.nowMs())
  if (verdict.ok && waiter.tries < mostContests) tryAgain(sync, waiter, 0)
  else if (verdict.ok) answerLost(sync, waiter)
  else if (!sync.closing && waiter.tries < mostTries && wanted.some(isElsewhere))
    tryAgain(sync, waiter, sync.options.recallWaitMs ?? 300)
  else if (!sync.closing && waiter.tries === 0 && verdict.refusal.kind === 'in_use')
    tryAgain(sync, waiter, settlingMs)
  else {
    if (wanted.some(({ slot }) => slot.holding.spare > 0n)) sync.returning = true
    waiter.resolve({ kind: 'refused', refusal: verdict.refusal, standings })
  }
}

function tryAgain(sync: Sync, waiter: Waiter, afterMs: number): void {
  waiter.tries += 1
  setTimeout(wait, afterMs, sync, waiter)
}

function answerLost(sync: Sync, waiter: Waiter): void {
  const { wanted, onAuthorityLoss, resolve } = waiter
  if (onAuthorityLoss === 'open') takeAnyway(wanted, sync.options.clock.monotonicMs())
  resolve(onAuthorityLoss === 'open' ? reserved(wanted, (slots) => settled(sync, slots)) : { kind: 'lost' })
}

/** Would what others have to spare help? */
function isElsewhere({ slot, amount }: SlotDemand): boolean {
  return slot.meter.limit !== null && amount > slot.holding.spare && slot.spareElsewhere > 0n
}
