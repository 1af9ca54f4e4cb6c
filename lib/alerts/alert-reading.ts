import type { AlertLabels } from '#lib/alerts/alert-labels'

/** What a rule says of one group of observations at one moment. */
export interface AlertReading {
  /** The labels that the rule groups by. */
  labels: AlertLabels
  /** The condition holds. */
  breached: boolean
  /** It is well again, by the rule's margin; neither is possible in between. */
  cleared: boolean
  value: number
  limit: number
  unit: string
  /** Newest first. */
  requestIds: readonly string[]
  /** What the observation itself said. */
  detail: string
}

/** Requests that an alert names. */
export const mostRequestIds = 20
