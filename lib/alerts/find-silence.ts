import { type AlertLabels, hasLabels } from '#lib/alerts/alert-labels'

export interface AlertSilence {
  id: string
  /** Null = every rule. */
  ruleId: string | null
  labels: AlertLabels
  startsAtMs: number
  endsAtMs: number
}

/** The silence that covers an alert of the rule with the labels; of several the one that ends last. Null = none. */
export function findSilence<Silence extends AlertSilence>(
  silences: readonly Silence[],
  { ruleId, labels, nowMs }: { ruleId: string; labels: AlertLabels; nowMs: number },
): Silence | null {
  const covering = silences.filter(
    (silence) =>
      (silence.ruleId === null || silence.ruleId === ruleId) &&
      hasLabels(labels, silence.labels) &&
      silence.startsAtMs <= nowMs &&
      nowMs < silence.endsAtMs,
  )
  return covering.toSorted((a, b) => b.endsAtMs - a.endsAtMs)[0] ?? null
}
