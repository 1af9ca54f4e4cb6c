import { formatUsd } from '#lib/costs/format-usd'
import type { Interval } from '#lib/experiments/interval'
import { acceptanceCriteria, type CriterionResult } from '#lib/migration/acceptance'
import { parityClasses } from '#lib/migration/compare-answers'
import type { Measure, ReplayReport } from '#lib/migration/replay-report'

/** The report as lines of text: measures, differences, criteria. */
export function describeReplay(report: ReplayReport, results: readonly CriterionResult[]): string {
  const measures = table([
    ['measure', 'pairs', 'baseline', 'candidate', 'compared', '95 % interval'],
    ...report.measures.map(measureRow),
  ])
  const differing = parityClasses
    .filter((name) => report.differences[name] > 0)
    .map((name) => `${name} ${report.differences[name]}`)
  const criteria = table([
    ['criterion', 'value', 'limit', 'verdict', 'judges'],
    ...results.map(({ name, value, limit, must, status, isCertain }) => [
      name,
      value === null ? '–' : number(value),
      `${must === 'at_most' ? '≤' : '≥'} ${number(limit)}`,
      verdictOf(status, isCertain),
      acceptanceCriteria[name].text,
    ]),
  ])
  return [
    measures,
    `pairs that differ: ${differing.length === 0 ? 'none' : differing.join(', ')}`,
    criteria,
    `${report.pairs} pairs, ${formatUsd(report.spentPicoUsd)} spent on answers`,
  ].join('\n\n')
}

const verdicts = { passed: 'passed', failed: 'FAILED', no_data: 'no data' } as const

function verdictOf(status: CriterionResult['status'], isCertain: boolean): string {
  return status === 'no_data' || isCertain ? verdicts[status] : `${verdicts[status]}, not certain`
}

const compared = { share: '', median: '', difference: 'difference ', ratio: '× ' } as const

function measureRow(measure: Measure): string[] {
  const { name, pairs, baseline, candidate, how, value, interval } = measure
  return [
    name.replaceAll('_', ' '),
    String(pairs),
    sideText(baseline, measure.unit),
    sideText(candidate, measure.unit),
    value === null ? 'no data' : `${compared[how]}${how === 'difference' ? signed(value) : number(value)}`,
    interval === null ? '–' : intervalText(interval, how),
  ]
}

function sideText(value: number | null, unit: Measure['unit']): string {
  if (value === null) return '–'
  if (unit === 'ms') return `${Math.round(value)} ms`
  if (unit === 'usd') return formatUsd(BigInt(Math.round(value * 1e12)))
  return unit === 'share' ? `${number(value * 100)} %` : number(value)
}

function intervalText({ lower, upper }: Interval, how: Measure['how']): string {
  const end = how === 'difference' ? signed : number
  return `${end(lower)} to ${end(upper)}`
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : '−'}${number(Math.abs(value))}`
}

function number(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  return Number.isInteger(value) ? String(value) : value.toFixed(3)
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
