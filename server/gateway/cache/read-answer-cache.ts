import type { AnswerCacheView } from '#lib/contracts/answer-cache'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import type { Container } from '#server/create-container'
import { readWarmRuns } from '#server/gateway/cache/warm-up-list'

const spanMs = 24 * 3_600_000

/** What the answer cache did in the last 24 hours, whole hours from the first on, and how full it is. */
export async function readAnswerCache(
  container: Pick<Container, 'db' | 'gateway' | 'settings' | 'clock'>,
): Promise<AnswerCacheView> {
  const { db, gateway, settings, clock } = container
  const { store } = gateway.answers
  const from = new Date(Math.floor((clock.nowMs() - spanMs) / 3_600_000) * 3_600_000)
  const { rows } = await db.pool.query<{ result: string; requests: string; saved: string }>(
    `SELECT result, sum(requests)::text AS requests, sum(saved_pico_usd)::text AS saved
     FROM answer_cache_hours WHERE hour >= $1 GROUP BY result`,
    [from],
  )
  const of = (result: string) => Number(rows.find((row) => row.result === result)?.requests ?? 0)
  const [hits, misses] = [of('hit'), of('miss')]
  const { warmUps, warmRuns } = await readWarmRuns(container)
  const size = await Promise.resolve(store.size()).catch(() => null)
  return {
    settings: settings.current().answerCache,
    store: store.kind,
    size,
    from: from.toISOString(),
    hits,
    misses,
    bypasses: of('bypass'),
    stale: of('stale'),
    hitRatio: hits + misses === 0 ? null : hits / (hits + misses),
    savedUsd: picoToUsdDecimal(rows.reduce((sum, { saved }) => sum + BigInt(saved), 0n)),
    warmUps,
    warmRuns,
  }
}
