import { request } from 'undici'
import { median } from '#bench/report/median'

/** One question to the running gateway. */
export interface Query {
  readonly name: string
  readonly origin: string
  readonly path: string
  readonly key: string
}

/** How long the answers took, from sending to the last byte, ms. */
export interface QueryTiming {
  readonly name: string
  readonly medianMs: number
  readonly p95Ms: number
  readonly maxMs: number
  readonly asked: number
}

async function ask({ origin, path, key }: Query): Promise<number> {
  const startedAt = performance.now()
  const answer = await request(origin + path, {
    headers: { authorization: `Bearer ${key}` },
    headersTimeout: 60_000,
  })
  const body = await answer.body.text()
  const durationMs = performance.now() - startedAt
  if (answer.statusCode !== 200)
    throw new Error(`${path} answered ${answer.statusCode}: ${body.slice(0, 300)}`)
  return durationMs
}

/** Asks `times` times, one after the other, after three questions that do not count. Throws when one is not answered. */
export async function timeQuery(query: Query, times: number): Promise<QueryTiming> {
  for (let warmup = 0; warmup < 3; warmup += 1) await ask(query)
  const durations: number[] = []
  for (let turn = 0; turn < times; turn += 1) durations.push(await ask(query))
  const sorted = durations.toSorted((a, b) => a - b)
  return {
    name: query.name,
    medianMs: median(sorted),
    p95Ms: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN,
    maxMs: sorted.at(-1) ?? Number.NaN,
    asked: times,
  }
}
