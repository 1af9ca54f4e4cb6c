import type { VarianceLineView } from '#lib/contracts/reconciliations'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { csvLine } from '#lib/telemetry/csv-line'
import { attachment } from '#server/costs/attachment'
import { readVariance } from '#server/costs/read-reconciliations'
import type { Container } from '#server/create-container'

const usd = (picoUsd: string | null) => (picoUsd === null ? null : picoToUsdDecimal(BigInt(picoUsd)))
const columns: readonly (readonly [
  heading: string,
  value: (line: VarianceLineView) => string | number | null,
])[] = [
  ['day_utc', (line) => line.day],
  ['model', (line) => line.model],
  ['kind', (line) => line.kind],
  ['meters', (line) => line.meters.join('; ')],
  ['invoiced_tokens', (line) => line.invoicedTokens],
  ['ledger_tokens', (line) => line.ledgerTokens],
  ['invoiced_usd', (line) => usd(line.invoicedPicoUsd)],
  ['ledger_usd', (line) => usd(line.ledgerPicoUsd)],
  ['variance_usd', (line) => usd(line.variancePicoUsd)],
  ['cause', (line) => line.cause],
  ['explanation', (line) => line.text],
]

/**
 * Every line of a comparison, the dearest variance first; an empty `ledger_usd` means that the model has no price.
 * @throws AppError `not_found`.
 */
export async function exportVarianceAsCsv(
  { db, gateway }: Pick<Container, 'db' | 'gateway'>,
  id: string,
): Promise<Response> {
  const { lines } = await readVariance(db, { id, book: gateway.priceBook(), most: Number.POSITIVE_INFINITY })
  const texts = lines.map((line) => csvLine(columns.map(([, value]) => value(line))))
  return attachment([csvLine(columns.map(([heading]) => heading)), ...texts].join(''), `variance-${id}.csv`)
}
