/** What an experiment measures. Each is a total of each unit over a count of it. */
export const experimentMetricNames = [
  'error_rate',
  'refusal_rate',
  'latency',
  'first_token',
  'cost',
  'output_tokens',
  'feedback',
  'evaluation',
] as const
export type ExperimentMetric = (typeof experimentMetricNames)[number]

/** What is added up for each unit of a variant. Times in ms, cost in nano-USD, scores 0–1. */
export const unitTotalNames = [
  'requests',
  'errors',
  'refusals',
  'answers',
  'latencyMs',
  'streams',
  'firstTokenMs',
  'priced',
  'costNanoUsd',
  'inputTokens',
  'outputTokens',
  'feedback',
  'feedbackSum',
  'evaluations',
  'evaluationSum',
] as const
export type UnitTotal = (typeof unitTotalNames)[number]
export type UnitTotals = Readonly<Record<UnitTotal, number>>

export interface MetricDefinition {
  label: string
  unit: 'rate' | 'ms' | 'usd' | 'tokens' | 'score'
  better: 'lower' | 'higher'
  /** The total, and what it is divided by. */
  total: UnitTotal
  over: UnitTotal
  /** One unit of the total in `unit`. */
  factor: number
  /** Values lie within 0 to it; null = without a bound. */
  range: number | null
}

/** Every metric as data. `cost` is of one request, `latency` of one answer, `first_token` of one stream. */
export const metricDefinitions: Readonly<Record<ExperimentMetric, MetricDefinition>> = {
  error_rate: rate('Errors', 'errors'),
  refusal_rate: rate('Refusals', 'refusals'),
  latency: mean({ label: 'Latency', unit: 'ms', total: 'latencyMs', over: 'answers' }),
  first_token: mean({ label: 'First token', unit: 'ms', total: 'firstTokenMs', over: 'streams' }),
  cost: mean({ label: 'Cost per request', unit: 'usd', total: 'costNanoUsd', over: 'priced', factor: 1e-9 }),
  output_tokens: mean({ label: 'Output per answer', unit: 'tokens', total: 'outputTokens', over: 'answers' }),
  feedback: score('Feedback score', { total: 'feedbackSum', over: 'feedback' }),
  evaluation: score('Evaluation score', { total: 'evaluationSum', over: 'evaluations' }),
}

function rate(label: string, total: 'errors' | 'refusals'): MetricDefinition {
  return { label, unit: 'rate', better: 'lower', total, over: 'requests', factor: 1, range: 1 }
}

function mean(
  part: Pick<MetricDefinition, 'label' | 'unit' | 'total' | 'over'> & { factor?: number },
): MetricDefinition {
  return { better: 'lower', factor: 1, range: null, ...part }
}

function score(label: string, part: Pick<MetricDefinition, 'total' | 'over'>): MetricDefinition {
  return { label, unit: 'score', better: 'higher', factor: 1, range: 1, ...part }
}

/** A value of a metric for a person, with its unit. */
export function showMetric(value: number, unit: MetricDefinition['unit']): string {
  if (unit === 'rate') return `${(value * 100).toFixed(2)} %`
  if (unit === 'ms') return `${Math.round(value)} ms`
  if (unit === 'tokens') return `${value.toFixed(1)} tokens`
  return unit === 'usd' ? `$${value.toPrecision(3)}` : value.toFixed(3)
}

/** A difference of two values, with its sign; rates differ by points. */
export function showDifference(value: number, unit: MetricDefinition['unit']): string {
  const sign = value < 0 ? '−' : '+'
  const size = Math.abs(value)
  if (unit === 'rate') return `${sign}${(size * 100).toFixed(2)} points`
  return unit === 'usd' ? `${sign}$${size.toPrecision(3)}` : `${sign}${showMetric(size, unit)}`
}

/** A unit that has done nothing yet. */
export const noUnitTotals: UnitTotals = {
  requests: 0,
  errors: 0,
  refusals: 0,
  answers: 0,
  latencyMs: 0,
  streams: 0,
  firstTokenMs: 0,
  priced: 0,
  costNanoUsd: 0,
  inputTokens: 0,
  outputTokens: 0,
  feedback: 0,
  feedbackSum: 0,
  evaluations: 0,
  evaluationSum: 0,
}
