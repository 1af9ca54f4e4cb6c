/** What a label's values come from: each is bounded, so no caller can make time series grow. */
export type LabelValues =
  | readonly string[]
  /** Names in the catalog, and the empty one where nobody was asked. */
  | 'tiers'
  | 'deployments'
  /** Ids of those that say where traffic goes. */
  | 'rollouts'
  /** What is kept in two stores while it moves. */
  | 'streams'
  | 'models'
  /** Codes of `lib/contracts/error-catalogue.ts`. */
  | 'error codes'
  /** `FailureClass` of `lib/gateway/failure.ts`. */
  | 'failure classes'
  /** `SensitiveKind` of `lib/privacy/sensitive-span.ts`. */
  | 'kinds of personal data'

export interface MetricDefinition {
  /** OpenTelemetry's name; Prometheus has underscores for dots, the unit, and `_total` behind counters. */
  name: string
  kind: 'histogram' | 'counter' | 'observed counter' | 'gauge'
  /** UCUM. */
  unit: string
  help: string
  labels: Readonly<Record<string, LabelValues>>
  /** Upper bounds of a histogram's buckets. */
  buckets?: readonly number[]
}
