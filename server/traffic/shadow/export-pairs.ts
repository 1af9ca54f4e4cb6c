import type { ShadowPair, ShadowPairsQuery } from '#lib/contracts/shadow'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { csvLine } from '#lib/telemetry/csv-line'
import type { Database } from '#server/db/database'
import type { Redactor } from '#server/privacy/redactor'
import { listPairs } from '#server/traffic/shadow/read-shadow'

type Cell = string | number | boolean | null

const usd = (pico: string | null): string | null => (pico === null ? null : picoToUsdDecimal(BigInt(pico)))

/** Heading (with the unit) and value of each column; texts are on the page alone. */
const columns: readonly (readonly [
  heading: string,
  value: (pair: ShadowPair, redact: (text: string) => string) => Cell,
])[] = [
  ['started_at_utc', (pair) => pair.at],
  ['request_id', (pair) => pair.requestId],
  ['mirror_request_id', (pair) => pair.id],
  ['operation', (pair, redact) => redact(pair.operation)],
  ['baseline_deployment', (pair) => pair.baselineDeployment],
  ['candidate_deployment', (pair) => pair.candidateDeployment],
  ['differences', (pair) => pair.differences.join(' ')],
  ['breaking', (pair) => pair.breaking],
  ['embedding_distance', (pair) => pair.distance],
  ['length_ratio', (pair) => pair.lengthRatio],
  ['judge_baseline', (pair) => pair.judged?.baseline ?? null],
  ['judge_candidate', (pair) => pair.judged?.candidate ?? null],
  ['baseline_ms', (pair) => pair.baselineMs],
  ['candidate_ms', (pair) => pair.candidateMs],
  ['baseline_cost_usd', (pair) => usd(pair.baselinePicoUsd)],
  ['candidate_cost_usd', (pair) => usd(pair.candidatePicoUsd)],
  ['comparison_cost_usd', (pair) => usd(pair.comparisonPicoUsd)],
]

const pageRows = 200

/** The pairs of a rollout as CSV, newest first, page by page. */
export async function* exportPairs(
  db: Pick<Database, 'orm'>,
  {
    rolloutId,
    query,
    redact,
  }: { rolloutId: string; query: Pick<ShadowPairsQuery, 'difference'>; redact: Redactor['redactTwice'] },
): AsyncGenerator<string> {
  yield csvLine(columns.map(([heading]) => heading))
  let cursor: string | undefined
  for (;;) {
    const page = await listPairs(db, rolloutId, { ...query, limit: pageRows, cursor })
    yield page.rows.map((pair) => csvLine(columns.map(([, value]) => value(pair, redact)))).join('')
    if (page.nextCursor === null) return
    cursor = page.nextCursor
  }
}
