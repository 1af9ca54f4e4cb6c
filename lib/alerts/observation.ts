/**
 * One measured value at one moment, as a domain hands it to the alerts. What is not there is as good as all right,
 * unless its reader failed: then what was firing stays as it is.
 */
export interface Observation {
  /** `domain.what_unit`, e.g. `budget.used_ratio`; the part before the dot is the name of the reader. */
  metric: string
  /** What it is about: `{tier: 'premium'}`. Ids and names, never a person's words. */
  labels: Readonly<Record<string, string>>
  value: number
  /** As a person reads it: `ratio`, `ms`, `s`, `USD`, `requests`, … */
  unit: string
  /** Requests that caused it, newest first; a few are enough. */
  requestIds: readonly string[]
  /** How many things the value was made of, where that is few enough to matter: rules ask for a minimum. */
  sample?: number
  /** One sentence for a person; redacted before it is stored or sent. */
  detail?: string
}
