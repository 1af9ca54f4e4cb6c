import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { BookedCounts, BookingCost, FromHost, HostPlan, ToHost } from '#bench/bookings/booking-messages'
import { endChild, trackChild } from '#bench/servers/track-child'

/** How one phase went; `ms` from the first request's end until the database has every one of them. */
export interface BookingTiming {
  readonly requests: number
  readonly inFlight: number
  readonly ms: number
  readonly cost: BookingCost
}

export interface BookingDriver {
  /** Lets requests end, `inFlight` of them waiting at any time to be safe. */
  readonly run: (job: { readonly requests: number; readonly inFlight: number }) => Promise<BookingTiming>
  /** What is in the database, after everything was sealed and verified. */
  readonly check: () => Promise<BookedCounts>
  readonly end: () => Promise<void>
}

/** Starts a booking host; this process is its load generator. */
export async function startBookings(plan: HostPlan): Promise<BookingDriver> {
  const script = fileURLToPath(new URL('booking-host.ts', import.meta.url))
  const child = trackChild(
    fork(script, [JSON.stringify(plan)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  )
  await hear(child, 'ready')
  let next = 0
  return {
    async run({ requests, inFlight }) {
      await ask(child, 'begin', 'began')
      const beganAt = performance.now()
      next = await loadUntilBooked(child, { from: next, requests, inFlight })
      const { cost } = await ask(child, 'settle', 'settled')
      return { requests, inFlight, ms: performance.now() - beganAt, cost }
    },
    async check() {
      return (await ask(child, 'check', 'checked')).counts
    },
    async end() {
      await ask(child, 'close', 'closed')
      await endChild(child)
    },
  }
}

interface Load {
  readonly from: number
  readonly requests: number
  readonly inFlight: number
}

/** As many requests end as were told to be safe. Returns the next request's number. */
async function loadUntilBooked(child: ChildProcess, { from, requests, inFlight }: Load): Promise<number> {
  const end = from + requests
  let next = from
  let booked = 0
  const send = (count: number) => {
    const some = Math.min(count, end - next)
    if (some <= 0) return
    child.send({ kind: 'ended', from: next, count: some } satisfies ToHost)
    next += some
  }
  send(inFlight)
  while (booked < requests) {
    const { count } = await hear(child, 'booked')
    booked += count
    send(count)
  }
  return end
}

type Heard<Kind extends FromHost['kind']> = Extract<FromHost, { readonly kind: Kind }>

function ask<Kind extends FromHost['kind']>(
  child: ChildProcess,
  order: Exclude<ToHost['kind'], 'ended'>,
  answer: Kind,
): Promise<Heard<Kind>> {
  const heard = hear(child, answer)
  child.send({ kind: order } satisfies ToHost)
  return heard
}

function isKind<Kind extends FromHost['kind']>(message: FromHost, kind: Kind): message is Heard<Kind> {
  return message.kind === kind
}

/** The host's next message, which has to be of that kind. */
function hear<Kind extends FromHost['kind']>(child: ChildProcess, kind: Kind): Promise<Heard<Kind>> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      child.off('message', onMessage)
      child.off('exit', onExit)
      act()
    }
    const onExit = (code: number | null) =>
      settle(() => reject(new Error(`the booking host ended (${code})`)))
    const onMessage = (message: FromHost) =>
      settle(() => {
        if (isKind(message, kind)) resolve(message)
        else reject(new Error(message.kind === 'failed' ? message.message : `unexpected: ${message.kind}`))
      })
    child.on('message', onMessage)
    child.on('exit', onExit)
  })
}
