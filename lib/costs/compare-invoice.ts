import { explainVariance, type VarianceExplanation } from '#lib/costs/explain-variance'
import { findPrice, type ModelPrice, type PriceBook } from '#lib/costs/price-book'
import { type MeterKind, modelKey, readMeterName, unitSize } from '#lib/costs/read-meter-name'
import { addDays, dayStartMs } from '#lib/costs/utc-day'

/** A meter's day on the invoice; quantity in units × 10⁻¹². */
export interface MeterDay {
  day: string
  meterName: string
  unit: string
  quantityPico: bigint
  costPicoUsd: bigint
}

/** A model's day in the ledger. */
export interface LedgerDay {
  day: string
  provider: string
  model: string
  inputTokens: number
  cachedInputTokens: number
  cacheWriteTokens: number
  outputTokens: number
}

type TokenKind = Exclude<MeterKind, 'units'>

/** What invoice and ledger say of one model's tokens of one kind on one day. */
export interface VarianceLine extends VarianceExplanation {
  day: string
  model: string
  kind: TokenKind
  meters: readonly string[]
  /** The ledger's own names of the model, by which its requests are found. */
  ledgerModels: readonly string[]
  invoicedTokens: number
  ledgerTokens: number
  invoicedPicoUsd: bigint
  /** Null when the ledger's model has no price on that day. */
  ledgerPicoUsd: bigint | null
  /** Invoice less ledger. */
  variancePicoUsd: bigint
}

export interface InvoiceComparison {
  lines: readonly VarianceLine[]
  /** Of meters that count no tokens of a language model: on the invoice, and held against nothing. */
  unmatched: readonly { meterName: string; costPicoUsd: bigint }[]
}

interface Cell {
  day: string
  model: string
  kind: TokenKind
  meters: Set<string>
  ledgerModels: Set<string>
  invoicedTokens: number
  invoicedPicoUsd: bigint
  ledgerTokens: number
  ledgerPicoUsd: bigint | null
}

/** Holds an invoice's meters against the ledger, by day, model and kind of token; the dearest variance first. */
export function compareInvoice(input: {
  meters: readonly MeterDay[]
  ledger: readonly LedgerDay[]
  book: PriceBook
  lastDay: string
}): InvoiceComparison {
  const cells = new Map<string, Cell>()
  const unmatched = new Map<string, bigint>()
  for (const meter of input.meters) {
    const read = readMeterName(meter.meterName)
    const size = unitSize(meter.unit)
    if (read === null || read.kind === 'units' || size === null) {
      unmatched.set(meter.meterName, (unmatched.get(meter.meterName) ?? 0n) + meter.costPicoUsd)
      continue
    }
    const cell = cellOf(cells, { day: meter.day, model: read.model, kind: read.kind })
    cell.meters.add(meter.meterName)
    cell.invoicedTokens += Number((meter.quantityPico * size) / 1_000_000_000n) / 1000
    cell.invoicedPicoUsd += meter.costPicoUsd
  }
  for (const row of input.ledger) addLedger(cells, row, input.book)
  const lines = [...cells.values()].map((cell) => toLine(cell, cells, input.lastDay))
  return {
    lines: lines.sort(
      (a, b) => compareSize(b.variancePicoUsd, a.variancePicoUsd) || (a.day < b.day ? -1 : 1),
    ),
    unmatched: [...unmatched].map(([meterName, costPicoUsd]) => ({ meterName, costPicoUsd })),
  }
}

function keyOf({ day, model, kind }: { day: string; model: string; kind: TokenKind }): string {
  return [day, model, kind].join('\n')
}

function cellOf(cells: Map<string, Cell>, id: { day: string; model: string; kind: TokenKind }): Cell {
  const key = keyOf(id)
  const known = cells.get(key)
  if (known) return known
  const invoice = { meters: new Set<string>(), invoicedTokens: 0, invoicedPicoUsd: 0n }
  const ledger = { ledgerModels: new Set<string>(), ledgerTokens: 0, ledgerPicoUsd: 0n }
  const cell = { ...id, ...invoice, ...ledger }
  cells.set(key, cell)
  return cell
}

function addLedger(cells: Map<string, Cell>, row: LedgerDay, book: PriceBook): void {
  const price = findPrice(book, { provider: row.provider, model: row.model, atMs: dayStartMs(row.day) })
  const fresh = row.inputTokens - row.cachedInputTokens - row.cacheWriteTokens
  const counts: readonly [TokenKind, number][] = [
    ['input', fresh],
    ['cached_input', row.cachedInputTokens],
    ['cache_write', row.cacheWriteTokens],
    ['output', row.outputTokens],
  ]
  for (const [kind, tokens] of counts) {
    if (tokens === 0) continue
    const cell = cellOf(cells, { day: row.day, model: modelKey(row.model), kind })
    cell.ledgerModels.add(row.model)
    cell.ledgerTokens += tokens
    cell.ledgerPicoUsd =
      price === null || cell.ledgerPicoUsd === null
        ? null
        : cell.ledgerPicoUsd + BigInt(tokens) * perToken(price, kind)
  }
}

function perToken(price: ModelPrice, kind: TokenKind): bigint {
  if (kind === 'output') return price.outputPicoUsd
  if (kind === 'cached_input') return price.cachedInputPicoUsd
  if (kind === 'cache_write') return price.cacheWritePicoUsd ?? price.inputPicoUsd
  return price.embeddingPicoUsd ?? price.inputPicoUsd
}

function toLine(cell: Cell, cells: ReadonlyMap<string, Cell>, lastDay: string): VarianceLine {
  const differenceOn = (day: string, kind: TokenKind = cell.kind) => {
    const other = cells.get(keyOf({ day, model: cell.model, kind }))
    return other ? other.invoicedTokens - other.ledgerTokens : 0
  }
  const explanation = explainVariance({
    ...cell,
    neighbours: { before: differenceOn(addDays(cell.day, -1)), after: differenceOn(addDays(cell.day, 1)) },
    allInputDifference:
      cell.kind === 'output'
        ? null
        : differenceOn(cell.day, 'input') +
          differenceOn(cell.day, 'cached_input') +
          differenceOn(cell.day, 'cache_write'),
    unfinished: cell.day === lastDay,
  })
  return {
    ...cell,
    ...explanation,
    meters: [...cell.meters],
    ledgerModels: [...cell.ledgerModels].sort(),
    variancePicoUsd: cell.invoicedPicoUsd - (cell.ledgerPicoUsd ?? 0n),
  }
}

function compareSize(a: bigint, b: bigint): number {
  const [left, right] = [a < 0n ? -a : a, b < 0n ? -b : b]
  if (left === right) return 0
  return left < right ? -1 : 1
}
