import type { Database } from '#server/db/database'

/** Answers of an operation of a tier within a span, by who gave them. */
export interface CellCounts {
  /** Empty for embeddings and for deployments named directly. */
  tier: string
  operation: string
  legacy: number
  azure: number
}

type Pool = Pick<Database, 'pool'>
type Grain = 'minute' | 'hour' | 'day'

const byWhom = (requests: string) => `
  sum(${requests}) FILTER (WHERE provider IN ('openai', 'anthropic'))::float8 AS legacy,
  sum(${requests}) FILTER (WHERE provider = 'azure-openai')::float8 AS azure`

const fromRollups = `
SELECT tier, operation, ${byWhom('requests')}
FROM route_rollups
WHERE grain = $1 AND bucket_start >= $2 AND bucket_start < $3
  AND provider <> '' AND operation NOT IN ('test', 'probe')
GROUP BY tier, operation
ORDER BY tier, operation`

const fromLedger = `
SELECT tier, operation, ${byWhom('1')}
FROM ledger_entries
WHERE started_at >= $1 AND started_at < $2
  AND provider <> '' AND operation NOT IN ('test', 'probe')
GROUP BY tier, operation`

interface CellRow {
  tier: string
  operation: string
  legacy: number | null
  azure: number | null
}

/** From the roll-ups, over all accounts; probes and test calls are nobody's traffic. */
export async function readCells(
  { pool }: Pool,
  { fromMs, toMs, grain }: { fromMs: number; toMs: number; grain: Grain },
): Promise<CellCounts[]> {
  const { rows } = await pool.query<CellRow>(fromRollups, [grain, new Date(fromMs), new Date(toMs)])
  return rows.map(toCounts)
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Every instance obeys by then. */
const obeyedWithinMs = 1_000
/** So long a change is recent: the rest of its minute is counted request by request. */
const recentMs = 10 * minuteMs
/** So far back it is worth reading minute by minute. */
const byMinuteMs = 6 * hourMs

/**
 * The same of requests that began after a change: those in the rest of its own minute one by one, then the roll-ups. Of a change
 * that is long ago the minute (or hour) in which it was is left out.
 */
export async function readCellsSince(
  { pool }: Pool,
  { sinceMs, toMs }: { sinceMs: number; toMs: number },
): Promise<CellCounts[]> {
  const grain = toMs - sinceMs > byMinuteMs ? 'hour' : 'minute'
  const stepMs = grain === 'hour' ? hourMs : minuteMs
  const wholeMs = Math.ceil(sinceMs / stepMs) * stepMs
  const ownMinute =
    toMs - sinceMs > recentMs
      ? []
      : (
          await pool.query<CellRow>(fromLedger, [
            new Date(sinceMs + obeyedWithinMs),
            new Date(Math.min(wholeMs, toMs)),
          ])
        ).rows.map(toCounts)
  const rest = await readCells({ pool }, { fromMs: wholeMs, toMs, grain })
  return [...ownMinute, ...rest]
}

function toCounts(row: CellRow): CellCounts {
  return { ...row, legacy: row.legacy ?? 0, azure: row.azure ?? 0 }
}
