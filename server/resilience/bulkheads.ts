import { admitToBulkhead, firstToServe, type WaitingCall } from '#lib/resilience/admit-to-bulkhead'
import type { BulkheadPolicy } from '#lib/resilience/policy-schema'

/** A place at a deployment; given back exactly once. */
export interface BulkheadPlace {
  leave(): void
}

export interface BulkheadGauge {
  inFlight: number
  queued: number
  maxInFlight: number
}

/** Why a call that waited got no place. */
export type TurnedAway = 'displaced' | 'waited_too_long' | 'aborted' | 'full'

/** Bounds how much of this instance one deployment can hold: so many calls in flight, so many waiting. */
export interface Bulkheads {
  /** A place at once, or null when there is none. */
  tryEnter(deploymentId: string): BulkheadPlace | null
  /** Waits for a place in the order of priority, then arrival; says why when there was none. */
  enter(
    deploymentId: string,
    call: { priority: number; maxWaitMs: number; signal: AbortSignal },
  ): Promise<BulkheadPlace | TurnedAway>
  read(deploymentId: string): BulkheadGauge
}

interface Waiter extends WaitingCall {
  settle(outcome: BulkheadPlace | TurnedAway): void
}

interface Bulkhead {
  inFlight: number
  waiting: Waiter[]
}

export function createBulkheads(options: { policyOf(deploymentId: string): BulkheadPolicy }): Bulkheads {
  const bulkheads = new Map<string, Bulkhead>()
  let arrivals = 0

  const of = (id: string): Bulkhead => {
    const known = bulkheads.get(id)
    if (known) return known
    const fresh = { inFlight: 0, waiting: [] }
    bulkheads.set(id, fresh)
    return fresh
  }
  const place = (bulkhead: Bulkhead, id: string): BulkheadPlace => {
    bulkhead.inFlight += 1
    let held = true
    return {
      leave() {
        if (!held) return
        held = false
        bulkhead.inFlight -= 1
        serveNext(bulkhead, id)
      },
    }
  }
  const serveNext = (bulkhead: Bulkhead, id: string): void => {
    while (bulkhead.waiting.length > 0 && bulkhead.inFlight < options.policyOf(id).maxInFlight) {
      const next = firstToServe(bulkhead.waiting)
      const waiter = bulkhead.waiting.find(({ arrival }) => arrival === next?.arrival)
      if (!waiter) return
      remove(bulkhead, waiter)
      waiter.settle(place(bulkhead, id))
    }
  }

  return {
    tryEnter(id) {
      const bulkhead = of(id)
      const decision = admitToBulkhead(bulkhead, { priority: 0, mayWait: false }, options.policyOf(id))
      return decision.kind === 'enter' ? place(bulkhead, id) : null
    },
    enter(id, { priority, maxWaitMs, signal }) {
      const bulkhead = of(id)
      const decision = admitToBulkhead(bulkhead, { priority, mayWait: true }, options.policyOf(id))
      if (decision.kind === 'enter') return Promise.resolve(place(bulkhead, id))
      if (decision.kind === 'full') return Promise.resolve('full')
      if (decision.kind === 'displace') displace(bulkhead, decision.arrival)
      arrivals += 1
      return wait(bulkhead, { priority, arrival: arrivals, maxWaitMs, signal })
    },
    read(id) {
      const { inFlight, waiting } = of(id)
      return { inFlight, queued: waiting.length, maxInFlight: options.policyOf(id).maxInFlight }
    },
  }
}

function displace(bulkhead: Bulkhead, arrival: number): void {
  const waiter = bulkhead.waiting.find((one) => one.arrival === arrival)
  if (!waiter) return
  remove(bulkhead, waiter)
  waiter.settle('displaced')
}

function remove(bulkhead: Bulkhead, waiter: Waiter): void {
  bulkhead.waiting.splice(bulkhead.waiting.indexOf(waiter), 1)
}

interface Wait extends WaitingCall {
  maxWaitMs: number
  signal: AbortSignal
}

function wait(bulkhead: Bulkhead, call: Wait): Promise<BulkheadPlace | TurnedAway> {
  if (call.signal.aborted) return Promise.resolve('aborted')
  return new Promise((resolve) => {
    const giveUp = (why: TurnedAway) => {
      remove(bulkhead, waiter)
      waiter.settle(why)
    }
    const onAbort = () => giveUp('aborted')
    const timer = setTimeout(giveUp, call.maxWaitMs, 'waited_too_long')
    const waiter: Waiter = {
      priority: call.priority,
      arrival: call.arrival,
      settle(outcome) {
        clearTimeout(timer)
        call.signal.removeEventListener('abort', onAbort)
        resolve(outcome)
      },
    }
    call.signal.addEventListener('abort', onAbort, { once: true })
    bulkhead.waiting.push(waiter)
  })
}
