import type { ExportColumns, ExportField, ExportRefusal } from '#lib/costs/usage-export-columns'
import { utcDay } from '#lib/costs/utc-day'

/** A line of an export that concerns AI; quantity in units of `unit`, × 10⁻¹². */
export interface ExportLine {
  day: string
  meterId: string
  meterName: string
  unit: string
  quantityPico: bigint
  costPicoUsd: bigint
  chargeType: string
}

export type LineReading =
  | { ok: true; line: ExportLine }
  /** Of another service: read no further. */
  | { ok: true; line: null }
  | { ok: false; refusal: ExportRefusal }

export interface LineContext {
  columns: ExportColumns
  /** Number of fields in the header. */
  width: number
  /** From 1, the header being line 1. */
  number: number
}

/** Categories under which Azure has sold its models over the years. */
const aiCategory = /cognitive services|openai|foundry|azure ai/i

class Fault extends Error {
  readonly field: ExportField | null
  constructor(field: ExportField | null, message: string) {
    super(message)
    this.field = field
  }
}

/** Reads one line; names the column of the first mistake. Lines of other services are checked for their form too. */
export function readExportLine(
  fields: readonly string[],
  { columns, width, number }: LineContext,
): LineReading {
  const text = (field: ExportField) => fields[columns[field]?.index ?? -1]?.trim() ?? ''
  try {
    if (fields.length !== width)
      throw new Fault(null, `${fields.length} fields where the header has ${width}`)
    const day = readDay(text('date'))
    const quantityPico = readDecimal('quantity', text('quantity'))
    const costPicoUsd = readCost(text, columns)
    if (!aiCategory.test(text('meterCategory'))) return { ok: true, line: null }
    const [meterId, meterName] = [text('meterId'), text('meterName')]
    return {
      ok: true,
      line: {
        ...{ day, meterId, meterName, quantityPico, costPicoUsd },
        unit: text('unit'),
        chargeType: text('chargeType'),
      },
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const column = error.field === null ? null : (columns[error.field]?.name ?? error.field)
    return { ok: false, refusal: { line: number, column, message: error.message } }
  }
}

function readCost(text: (field: ExportField) => string, columns: ExportColumns): bigint {
  if (columns.costInUsd) return readDecimal('costInUsd', text('costInUsd'))
  const currency = text('currency').toUpperCase()
  if (currency !== 'USD')
    throw new Fault(
      'currency',
      `costs are in "${currency}"; export the version of the schema that has CostInUsd, or a billing account in USD`,
    )
  return readDecimal('cost', text('cost'))
}

/** `2026-01-31`, `2026-01-31T00:00:00Z`, `01/31/2026` or `20260131`: as the file's versions write them. */
function readDay(text: string): string {
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ][\d:.]+Z?)?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  const us = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: [\d:]+)?$/.exec(text)
  const [year, month, date] = iso ? [iso[1], iso[2], iso[3]] : us ? [us[3], us[1], us[2]] : []
  const day = `${year}-${month?.padStart(2, '0')}-${date?.padStart(2, '0')}`
  const ms = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(ms) || utcDay(ms) !== day)
    throw new Fault('date', `"${text.slice(0, 40)}" is no day such as 2026-01-31 or 01/31/2026`)
  return day
}

/** Exact to 10⁻¹²; further digits, which Azure's divisions leave, are rounded. Also `1.2E-05`. */
function readDecimal(field: ExportField, text: string): bigint {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? []
  if (!match || whole + fraction === '') throw new Fault(field, `"${text.slice(0, 40)}" is no number`)
  const shift = 12 + Number(exponent) - fraction.length
  const digits = BigInt(whole + fraction)
  const amount = shift >= 0 ? digits * 10n ** BigInt(shift) : roundedBy(digits, -shift)
  return sign === '-' ? -amount : amount
}

function roundedBy(digits: bigint, places: number): bigint {
  const unit = 10n ** BigInt(places)
  return (digits + unit / 2n) / unit
}
