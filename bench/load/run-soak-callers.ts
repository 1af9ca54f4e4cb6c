import { createWriteStream } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type Dispatcher, Pool } from 'undici'
import { exchange, type ResponseHeaders } from '#bench/load/exchange'
import { judgeSoakCall, type SoakKind, type SoakOutcome, type Verdict } from '#bench/load/judge-soak-call'
import type { SoakJob, SoakResult } from '#bench/load/load-jobs'
import { createRandom, seedOf } from '#bench/seeded-random'

/** One call of the soak, as its caller saw it. */
export interface SoakCall {
  readonly correlationId: string
  readonly kind: SoakKind
  readonly tier: string
  readonly outcome: SoakOutcome
  readonly detail: string
  /** 0 when no status came. */
  readonly status: number
  readonly requestId: string | null
  readonly durationMs: number
}

/** One caller after the other draws from this. */
interface Lane {
  readonly dispatcher: Dispatcher
  readonly job: SoakJob
  readonly random: () => number
}

interface Plan {
  readonly kind: SoakKind
  readonly tier: string
  readonly tokens: number
  readonly intervalMs: number
  readonly leaveAfterMs: number | null
}

interface Seen {
  readonly status: number
  readonly headers: ResponseHeaders
}

const LEAVING_SHARE = 0.1
/** Half of those that leave do so within 32 ms, some before their request can have gone on. */
const LONGEST_STAY_MS = 250
const LONGEST_PAUSE_MS = 120
const TOKENS = [4, 9, 17, 30]
const INTERVALS_MS = [2, 6, 11]

function planCall({ job, random }: Lane): Plan {
  const among = <Value>(values: readonly Value[], otherwise: Value) =>
    values[Math.floor(random() * values.length)] ?? otherwise
  return {
    kind: among<SoakKind>(['answer', 'progressive', 'complete'], 'answer'),
    tier: among(job.tiers, ''),
    tokens: among(TOKENS, 4),
    intervalMs: among(INTERVALS_MS, 2),
    leaveAfterMs: random() < LEAVING_SHARE ? Math.ceil(random() ** 3 * LONGEST_STAY_MS) : null,
  }
}

function buildBody({ kind, tier, tokens, intervalMs }: Plan): string {
  const content = `Tell me more, please (tokens=${tokens} intervalMs=${intervalMs}).`
  return JSON.stringify({
    model: tier,
    messages: [{ role: 'user', content }],
    ...(kind === 'answer' ? {} : { stream: true, stream_options: { include_usage: true } }),
  })
}

async function call({ dispatcher, job }: Lane, plan: Plan, correlationId: string): Promise<SoakCall> {
  const { kind, tier, tokens, leaveAfterMs } = plan
  const startedAt = performance.now()
  const parts: Buffer[] = []
  const headers = {
    ...job.target.headers,
    'x-correlation-id': correlationId,
    ...(kind === 'complete' ? { 'x-huntaze-stream': 'complete' } : {}),
  }
  const end = await exchange({
    dispatcher,
    target: { path: job.target.path, headers, body: buildBody(plan) },
    leaveAfterMs,
    onData: (_status, chunk) => void parts.push(chunk),
  })
  const seen: Seen = end.kind === 'answered' ? end : { status: 0, headers: {} }
  const text = Buffer.concat(parts).toString('utf8')
  const judge = (): Verdict => {
    if (end.kind === 'left') return { outcome: 'left', detail: '' }
    if (end.kind === 'failed') return { outcome: 'wrong', detail: end.message }
    return judgeSoakCall({ kind, tokens, status: seen.status, headers: seen.headers, text })
  }
  const requestId = seen.headers['x-request-id']
  return {
    correlationId,
    kind,
    tier,
    ...judge(),
    status: seen.status,
    requestId: typeof requestId === 'string' ? requestId : null,
    durationMs: Math.round(performance.now() - startedAt),
  }
}

/** Calls without pause but for each lane's own; resolves when the last one has ended. */
export async function runSoakCallers(job: SoakJob): Promise<SoakResult> {
  const timers = { headersTimeout: 30_000, bodyTimeout: 30_000, keepAliveTimeout: 60_000 }
  const dispatcher = new Pool(job.target.origin, { ...timers, pipelining: 1 })
  const calls = createWriteStream(job.callsPath, { flags: 'a' })
  const startedAt = performance.now()
  let requests = 0
  let failures = 0
  let firstFailure: string | undefined
  const drive = async (_: unknown, number: number) => {
    const lane = { dispatcher, job, random: createRandom(seedOf(job.seed, 'lane', number)) }
    while (performance.now() - startedAt < job.durationMs) {
      requests += 1
      const made = await call(lane, planCall(lane), `soak-${job.seed}-${requests}`)
      calls.write(`${JSON.stringify(made)}\n`)
      if (made.outcome === 'wrong') {
        failures += 1
        firstFailure ??= `${made.kind} of ${made.tier}: ${made.detail}`
      }
      await delay(lane.random() * LONGEST_PAUSE_MS)
    }
  }
  await Promise.all(Array.from({ length: job.lanes }, drive))
  await dispatcher.destroy()
  await new Promise<void>((resolve) => calls.end(resolve))
  return {
    kind: 'soak',
    requests,
    failures,
    firstFailure,
    seconds: (performance.now() - startedAt) / 1000,
  }
}
