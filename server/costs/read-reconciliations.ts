import type { ReconciliationView, VarianceView } from '#lib/contracts/reconciliations'
import {
  compareInvoice,
  type InvoiceComparison,
  type LedgerDay,
  type MeterDay,
  type VarianceLine,
} from '#lib/costs/compare-invoice'
import type { PriceBook } from '#lib/costs/price-book'
import { addDays } from '#lib/costs/utc-day'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'

type Reader = Pick<Database, 'pool'>

const listed = 50
const linesShown = 200
const azure = 'azure-openai'

/** Exports that were taken in, are being, or were refused; newest first. */
export async function listReconciliations(db: Reader): Promise<ReconciliationView[]> {
  return readReconciliations(db, `ORDER BY created_at DESC, id DESC LIMIT ${listed}`, [])
}

/**
 * One export held against the ledger of its days; of its lines the `most` dearest variances.
 * @throws AppError `not_found`.
 */
export async function readVariance(
  db: Reader,
  { id, book, most = linesShown }: { id: string; book: PriceBook; most?: number },
): Promise<VarianceView> {
  const [found] = await readReconciliations(db, 'WHERE id = $1', [id])
  if (!found) throw new AppError('not_found', { message: `There is no reconciliation ${id}.` })
  const { firstDay, lastDay } = found
  const ready = found.state === 'ready' && firstDay !== null && lastDay !== null
  const [meters, ledger] = ready
    ? await Promise.all([readMeters(db, id), readLedgerDays(db, { firstDay, lastDay })])
    : [[], []]
  const { lines, unmatched } = compareInvoice({ meters, ledger, book, lastDay: lastDay ?? '' })
  return { ...found, ...varianceSums(lines), ...varianceTables({ lines, unmatched, most }) }
}

function varianceSums(lines: readonly VarianceLine[]) {
  const invoiced = lines.reduce((sum, line) => sum + line.invoicedPicoUsd, 0n)
  const booked = lines.reduce((sum, line) => sum + (line.ledgerPicoUsd ?? 0n), 0n)
  return {
    invoicedPicoUsd: String(invoiced),
    ledgerPicoUsd: String(booked),
    varianceRatio: invoiced === 0n ? null : Math.abs(Number(invoiced - booked)) / Number(invoiced),
    lineCount: lines.length,
    days: addUp(lines, ({ day }) => day)
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ key, invoicedPicoUsd, ledgerPicoUsd, variancePicoUsd }) => ({
        ...{ day: key, invoicedPicoUsd: String(invoicedPicoUsd) },
        ...{ ledgerPicoUsd: String(ledgerPicoUsd), variancePicoUsd: String(variancePicoUsd) },
      })),
    causes: addUp(lines, ({ cause }) => cause).map(({ key, count, variancePicoUsd }) => ({
      ...{ cause: key, lines: count, variancePicoUsd: String(variancePicoUsd) },
    })),
  }
}

interface Sum<Key> {
  key: Key
  count: number
  invoicedPicoUsd: bigint
  ledgerPicoUsd: bigint
  variancePicoUsd: bigint
}

function addUp<Key>(lines: readonly VarianceLine[], keyOf: (line: VarianceLine) => Key): Sum<Key>[] {
  const sums = new Map<Key, Sum<Key>>()
  for (const line of lines) {
    const key = keyOf(line)
    const none = { key, count: 0, invoicedPicoUsd: 0n, ledgerPicoUsd: 0n, variancePicoUsd: 0n }
    const sum = sums.get(key) ?? none
    sum.count += 1
    sum.invoicedPicoUsd += line.invoicedPicoUsd
    sum.ledgerPicoUsd += line.ledgerPicoUsd ?? 0n
    sum.variancePicoUsd += line.variancePicoUsd
    sums.set(key, sum)
  }
  return [...sums.values()]
}

function varianceTables({ lines, unmatched, most }: InvoiceComparison & { most: number }) {
  return {
    lines: lines.slice(0, most).map((line) => ({
      ...{ day: line.day, model: line.model, kind: line.kind },
      ...{ meters: [...line.meters], ledgerModels: [...line.ledgerModels] },
      ...{ invoicedTokens: line.invoicedTokens, ledgerTokens: line.ledgerTokens },
      invoicedPicoUsd: String(line.invoicedPicoUsd),
      ledgerPicoUsd: line.ledgerPicoUsd === null ? null : String(line.ledgerPicoUsd),
      variancePicoUsd: String(line.variancePicoUsd),
      ...{ cause: line.cause, text: line.text },
    })),
    unmatched: unmatched.map((meter) => ({ ...meter, costPicoUsd: String(meter.costPicoUsd) })),
  }
}

/** The export that was switched in last; null when there is none. */
export async function latestReady(db: Reader): Promise<string | null> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM reconciliations WHERE state = 'ready' ORDER BY ended_at DESC, id DESC LIMIT 1`,
  )
  return rows[0]?.id ?? null
}

type Row = Omit<ReconciliationView, 'createdAt' | 'endedAt'> & { createdAt: Date; endedAt: Date | null }

async function readReconciliations(
  db: Reader,
  clause: string,
  values: string[],
): Promise<ReconciliationView[]> {
  const { rows } = await db.pool.query<Row>(
    `SELECT id, file_name AS "fileName", size_bytes::float8 AS "sizeBytes", state, lines_done AS "linesDone",
       first_day::text AS "firstDay", last_day::text AS "lastDay", refusal, created_at AS "createdAt",
       ended_at AS "endedAt"
     FROM reconciliations ${clause}`,
    values,
  )
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }))
}

async function readMeters(db: Reader, id: string): Promise<MeterDay[]> {
  const { rows } = await db.pool.query<{
    day: string
    name: string
    unit: string
    quantity: string
    cost: string
  }>(
    `SELECT day::text AS day, meter_name AS name, unit, sum(quantity_pico)::text AS quantity,
       sum(cost_pico_usd)::text AS cost
     FROM reconciliation_meter_days WHERE reconciliation_id = $1 GROUP BY day, meter_name, unit`,
    [id],
  )
  return rows.map(({ day, name, unit, quantity, cost }) => ({
    ...{ day, meterName: name, unit },
    quantityPico: BigInt(quantity),
    costPicoUsd: BigInt(cost),
  }))
}

async function readLedgerDays(
  db: Reader,
  { firstDay, lastDay }: { firstDay: string; lastDay: string },
): Promise<LedgerDay[]> {
  const { rows } = await db.pool.query<{ [K in keyof LedgerDay]: string }>(
    `SELECT (bucket_start AT TIME ZONE 'UTC')::date::text AS day, provider, model, sum(input_tokens)::text AS "inputTokens",
       sum(cached_input_tokens)::text AS "cachedInputTokens", sum(cache_write_tokens)::text AS "cacheWriteTokens",
       sum(output_tokens)::text AS "outputTokens"
     FROM route_rollups
     WHERE grain = 'day' AND bucket_start >= $1::timestamptz AND bucket_start < $2::timestamptz
       AND provider = $3 AND model <> ''
     GROUP BY bucket_start, provider, model`,
    [`${firstDay}T00:00:00Z`, `${addDays(lastDay, 1)}T00:00:00Z`, azure],
  )
  return rows.map(({ day, provider, model, ...tokens }) => ({
    ...{ day, provider, model },
    inputTokens: Number(tokens.inputTokens),
    cachedInputTokens: Number(tokens.cachedInputTokens),
    cacheWriteTokens: Number(tokens.cacheWriteTokens),
    outputTokens: Number(tokens.outputTokens),
  }))
}
