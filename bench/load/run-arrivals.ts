import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { createRecorder } from '#bench/load/create-recorder'
import { type ExchangeEnd, exchange } from '#bench/load/exchange'
import type { ArrivalsJob, ArrivalsResult } from '#bench/load/load-jobs'
import { judgeAnswer } from '#bench/load/send-answer-request'
import { createRandom } from '#bench/seeded-random'

interface Arrival {
  readonly dueMs: number
  readonly end: ExchangeEnd
  readonly body: string
  readonly durationMs: number
}

/** The moments at which requests arrive, milliseconds after the start, until `untilMs`. */
function planArrivals({ seed, ratePerSecond }: ArrivalsJob, untilMs: number): number[] {
  const random = createRandom(seed)
  const dueMs: number[] = []
  for (let at = 0; at < untilMs; at += (-Math.log(1 - random()) * 1000) / ratePerSecond) dueMs.push(at)
  return dueMs
}

async function arrive(dispatcher: Pool, job: ArrivalsJob, dueMs: number): Promise<Arrival> {
  const { target, patienceMs } = job
  const startedAt = performance.now()
  let body = ''
  const end = await exchange({
    dispatcher,
    target,
    leaveAfterMs: patienceMs,
    onData: (_status, chunk) => {
      body += chunk.toString('utf8')
    },
  })
  return { dueMs, end, body, durationMs: performance.now() - startedAt }
}

function summariseArrivals(
  arrivals: readonly Arrival[],
): Omit<ArrivalsResult, 'kind' | 'sent' | 'seconds' | 'lateness'> {
  const admitted = createRecorder()
  const refusals = createRecorder()
  const counts = { answered: 0, refused: 0, refusedWithoutRetryAfter: 0, gaveUp: 0, failures: 0 }
  let firstFailure: string | undefined
  for (const { end, body, durationMs } of arrivals) {
    const isRefusal = end.kind === 'answered' && (end.status === 503 || end.status === 429)
    if (isRefusal) {
      counts.refused += 1
      if (end.headers['retry-after'] === undefined) counts.refusedWithoutRetryAfter += 1
      refusals.record(durationMs * 1000)
      continue
    }
    admitted.record(durationMs * 1000)
    if (end.kind === 'left') {
      counts.gaveUp += 1
      continue
    }
    const failure = end.kind === 'failed' ? end.message : judgeAnswer(end.status, body)
    if (failure === undefined) counts.answered += 1
    else {
      counts.failures += 1
      firstFailure ??= failure
    }
  }
  return {
    requests: arrivals.length,
    ...counts,
    firstFailure,
    admitted: admitted.read(),
    refusals: refusals.read(),
  }
}

/** Runs the whole load; resolves when the last caller has its answer or has left. */
export async function runArrivals(job: ArrivalsJob): Promise<ArrivalsResult> {
  const pool = new Pool(job.target.origin, { pipelining: 1, keepAliveTimeout: 60_000, headersTimeout: 0 })
  const lateness = createRecorder()
  const under: Promise<Arrival>[] = []
  const startedAt = performance.now()
  for (const dueMs of planArrivals(job, job.warmupMs + job.measuredMs + job.patienceMs)) {
    const earlyMs = startedAt + dueMs - performance.now()
    // Timers are whole milliseconds: those due within the same one leave together.
    if (earlyMs >= 1) await delay(earlyMs)
    lateness.record(Math.max(0, performance.now() - startedAt - dueMs) * 1000)
    under.push(arrive(pool, job, dueMs))
  }
  const arrivals = await Promise.all(under)
  await pool.destroy()
  const measured = arrivals.filter(
    ({ dueMs }) => dueMs >= job.warmupMs && dueMs < job.warmupMs + job.measuredMs,
  )
  return {
    kind: 'arrivals',
    sent: arrivals.length,
    ...summariseArrivals(measured),
    seconds: job.measuredMs / 1000,
    lateness: lateness.read(),
  }
}
