import { type AlertLabels, alertFingerprint, readLabelsKey } from '#lib/alerts/alert-labels'
import type { AlertRule } from '#lib/alerts/alert-rule'
import { decideAlerts, type OpenAlert } from '#lib/alerts/decide-alerts'
import type { Observation } from '#lib/alerts/observation'

/** A value that was observed, from then on until the next of its series; null = nothing was there. */
export interface KeptSample {
  /** `labelsKey` of its labels. */
  series: string
  atMs: number
  value: number | null
  sample: number | null
}

export interface PreviewedFiring {
  labels: AlertLabels
  firedAtMs: number
  /** Null = it would fire still. */
  resolvedAtMs: number | null
}

const minuteMs = 60_000

/** When the rule would have fired over the samples (oldest first), looked at every minute. Pure. */
export function previewRule(
  rule: AlertRule,
  { samples, fromMs, toMs }: { samples: readonly KeptSample[]; fromMs: number; toMs: number },
): PreviewedFiring[] {
  const present = new Map<string, Observation>()
  const firings: PreviewedFiring[] = []
  let open: OpenAlert[] = []
  let next = 0
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += minuteMs) {
    for (let one = samples[next]; one && one.atMs <= nowMs; one = samples[next]) {
      takeOver(present, rule.metric, one)
      next += 1
    }
    const seen = { rules: [{ ...rule, enabled: true }], silences: [], failedReaders: new Set<string>() }
    const decisions = decideAlerts({ ...seen, observations: [...present.values()], open, nowMs })
    open = decisions.flatMap(({ fingerprint, labels, step }) => {
      if (step.moves.includes('fired')) firings.push({ labels, firedAtMs: nowMs, resolvedAtMs: null })
      if (step.moves.includes('resolved')) endLast(firings, { fingerprint, ruleId: rule.id, nowMs })
      return step.alert
        ? [{ fingerprint, ruleId: rule.id, metric: rule.metric, labels, memory: step.alert }]
        : []
    })
  }
  return firings
}

function takeOver(present: Map<string, Observation>, metric: string, sample: KeptSample): void {
  if (sample.value === null) present.delete(sample.series)
  else
    present.set(sample.series, {
      metric,
      labels: readLabelsKey(sample.series),
      value: sample.value,
      unit: '',
      requestIds: [],
      ...(sample.sample === null ? {} : { sample: sample.sample }),
    })
}

function endLast(
  firings: PreviewedFiring[],
  { fingerprint, ruleId, nowMs }: { fingerprint: string; ruleId: string; nowMs: number },
): void {
  const last = firings.findLast(
    ({ labels, resolvedAtMs }) => resolvedAtMs === null && alertFingerprint(ruleId, labels) === fingerprint,
  )
  if (last) last.resolvedAtMs = nowMs
}
