/** Columns of an enterprise agreement's export, as far as they are read, and two that are not. */
export const exportHeader =
  'InvoiceSectionName,Date,MeterCategory,MeterId,MeterName,UnitOfMeasure,Quantity,CostInBillingCurrency,BillingCurrencyCode,ChargeType,PricingModel,Tags'

export interface ExportLineParts {
  /** `2026-10-31` */
  day: string
  meterName: string
  quantity: string
  cost: string
  category?: string
  unit?: string
}

/** A line under `exportHeader`, with a quoted field that has commas and quotes in it. */
export function exportLine({
  day,
  meterName,
  quantity,
  cost,
  category,
  unit = '1K',
}: ExportLineParts): string {
  const [year, month, date] = day.split('-')
  const start = `team,${month}/${date}/${year},${category ?? 'Cognitive Services'},m-${meterName.length}`
  return `${start},${meterName},${unit},${quantity},${cost},USD,Usage,OnDemand,"{""a"": ""b,c""}"`
}

/** A whole file, with the byte order mark that Azure puts in front. */
export function exportFile(lines: readonly string[]): string {
  return `\uFEFF${[exportHeader, ...lines].join('\r\n')}\r\n`
}
