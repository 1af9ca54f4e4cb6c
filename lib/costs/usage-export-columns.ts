/** What an export's line is read from. */
export type ExportField =
  | 'date'
  | 'meterId'
  | 'meterName'
  | 'meterCategory'
  | 'quantity'
  | 'unit'
  | 'chargeType'
  | 'costInUsd'
  | 'cost'
  | 'currency'
  | 'pricingModel'

/**
 * The spellings of Azure Cost Management's cost and usage details files, without regard to case: Enterprise Agreement
 * (2019 to 2024), Microsoft Customer Agreement and pay-as-you-go. Actual and amortised cost have the same columns.
 * Source: https://learn.microsoft.com/azure/cost-management-billing/dataset-schema/schema-index
 */
const spellings: Readonly<Record<ExportField, readonly string[]>> = {
  date: ['Date', 'UsageDateTime', 'UsageDate'],
  meterId: ['MeterId', 'ResourceGuid'],
  meterName: ['MeterName', 'Meter'],
  meterCategory: ['MeterCategory'],
  quantity: ['Quantity', 'UsageQuantity', 'ConsumedQuantity'],
  unit: ['UnitOfMeasure', 'Unit'],
  chargeType: ['ChargeType'],
  costInUsd: ['CostInUsd', 'CostUSD'],
  cost: ['CostInBillingCurrency', 'Cost', 'PreTaxCost'],
  currency: ['BillingCurrencyCode', 'BillingCurrency', 'Currency'],
  pricingModel: ['PricingModel'],
}

const required = ['date', 'meterId', 'meterName', 'meterCategory', 'quantity', 'unit', 'chargeType'] as const

/** Where each field stands in a line, from 0, and what its column is called in this file. */
export type ExportColumns = Readonly<Partial<Record<ExportField, { index: number; name: string }>>>

/** Something in a file that keeps all of it from being imported. `line` counts from 1, the header being line 1. */
export interface ExportRefusal {
  line: number
  /** Name of the column; null where the whole line is at fault. */
  column: string | null
  message: string
}

export type HeaderReading = { ok: true; columns: ExportColumns } | { ok: false; refusal: ExportRefusal }

/** Reads the header line; names the first column that is missing or stands there twice. */
export function readExportHeader(names: readonly string[]): HeaderReading {
  const columns: Partial<Record<ExportField, { index: number; name: string }>> = {}
  const seen = new Map<string, number>()
  for (const [index, name] of names.map((each) => each.trim()).entries()) {
    const key = name.toLowerCase()
    if (seen.has(key)) return refuse(name, `column ${name} stands there twice`)
    seen.set(key, index)
  }
  for (const [field, spelled] of Object.entries(spellings) as [ExportField, readonly string[]][]) {
    const name = spelled.find((each) => seen.has(each.toLowerCase()))
    if (name !== undefined) {
      const index = seen.get(name.toLowerCase()) ?? 0
      columns[field] = { index, name: names[index]?.trim() ?? name }
    }
  }
  const missing = required.find((field) => columns[field] === undefined)
  if (missing) return refuse(spellings[missing][0] ?? missing, absent(spellings[missing]))
  if (!columns.costInUsd && !(columns.cost && columns.currency))
    return refuse('CostInUsd', absent(['CostInUsd', 'CostInBillingCurrency with BillingCurrencyCode']))
  return { ok: true, columns }
}

function absent(names: readonly string[]): string {
  return `no column ${names.join(' or ')}: this is not a cost and usage details file of Azure Cost Management`
}

function refuse(column: string, message: string): HeaderReading {
  return { ok: false, refusal: { line: 1, column, message } }
}
