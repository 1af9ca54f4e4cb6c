import type { LabelValues, MetricDefinition } from '#lib/telemetry/metric-definition'
import { metricList } from '#lib/telemetry/metric-list'

/** The metric list as a Markdown table, for `docs/telemetry.md`. */
export function describeMetrics(): string {
  const rows = Object.values(metricList).map((metric: MetricDefinition) =>
    [`\`${metric.name}\``, metric.kind, `\`${metric.unit}\``, labelCell(metric), metric.help].join(' | '),
  )
  return [
    '| metric | type | unit | labels | meaning |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n')
}

function labelCell({ labels }: MetricDefinition): string {
  const cells = Object.entries(labels).map(([name, values]) => `\`${name}\`: ${valueWords(values)}`)
  return cells.length === 0 ? '–' : cells.join('<br>')
}

function valueWords(values: LabelValues): string {
  return typeof values === 'string' ? values : values.map((value) => `\`${value}\``).join(', ')
}
