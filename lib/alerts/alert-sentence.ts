import type { AlertLabels } from '#lib/alerts/alert-labels'
import type { AlertReading } from '#lib/alerts/alert-reading'

/** A value with its unit, as a person reads it: `12.5 %`, `$4.20`, `1,200 ms`. */
export function formatAlertValue(value: number, unit: string): string {
  if (unit === 'ratio') return `${plain(value * 100)} %`
  if (unit === 'USD')
    return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
  if (unit === 'burn rate') return `${plain(value)} × the budget’s pace`
  return `${plain(value)} ${unit}`
}

function plain(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}

/** What is wrong, in one sentence: `Breaker open: deployment we-premium, signal health (3 of 3 failed)`. */
export function alertSentence(name: string, { labels, value, limit, unit, detail }: AlertReading): string {
  const subject = describeLabels(labels)
  const numbers =
    unit === 'state' ? [] : [`${formatAlertValue(value, unit)} (limit ${formatAlertValue(limit, unit)})`]
  const facts = [...(subject ? [subject] : []), ...numbers].join(': ')
  const told = detail && !facts.includes(detail) ? `; ${detail}` : ''
  return facts || told ? `${name}: ${facts}${told}`.replace(': ; ', ': ') : name
}

function describeLabels(labels: AlertLabels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}
