import { Client } from 'undici'
import type { Target } from '#bench/load/load-jobs'

/** Sends one request over `client`; resolves to the failure in words, or undefined when the answer was right. */
export type SendOnce = (client: Client, target: Target) => Promise<string | undefined>

export interface ClosedLoop {
  readonly clients: readonly Client[]
  readonly target: Target
  readonly requests: number
  readonly send: SendOnce
}

export interface ClosedLoopResult {
  readonly requests: number
  readonly failures: number
  readonly firstFailure?: string
  readonly seconds: number
}

/** A server that only fails is not asked hundreds of thousands of times. */
const FAILURES_TO_GIVE_UP = 200

/** One keep-alive connection each; a silent server fails a request after 30 s. */
export function openClients(target: Target, connections: number): Client[] {
  const timers = {
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
    connectTimeout: 10_000,
    keepAliveTimeout: 60_000,
  }
  return Array.from({ length: connections }, () => new Client(target.origin, { ...timers, pipelining: 1 }))
}

/**
 * Sends `requests` requests in all, every client its next one when its last is answered. Gives up early when the
 * first 200 have all failed; `requests` of the result is what was really sent.
 */
export async function runClosedLoop({
  clients,
  target,
  requests,
  send,
}: ClosedLoop): Promise<ClosedLoopResult> {
  let issued = 0
  let failures = 0
  let firstFailure: string | undefined
  const startedAt = performance.now()
  const drive = async (client: Client): Promise<void> => {
    while (issued < requests && !(failures >= FAILURES_TO_GIVE_UP && failures >= issued - clients.length)) {
      issued += 1
      const failure = await send(client, target)
      if (failure === undefined) continue
      failures += 1
      firstFailure ??= failure
    }
  }
  await Promise.all(clients.map(drive))
  return { requests: issued, failures, firstFailure, seconds: (performance.now() - startedAt) / 1000 }
}
