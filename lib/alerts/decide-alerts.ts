import { type AlertLabels, alertFingerprint } from '#lib/alerts/alert-labels'
import type { AlertReading } from '#lib/alerts/alert-reading'
import type { AlertRule } from '#lib/alerts/alert-rule'
import { type AlertMemory, type AlertStep, evaluateAlert } from '#lib/alerts/evaluate-alert'
import { type AlertSilence, findSilence } from '#lib/alerts/find-silence'
import { judgeObservations } from '#lib/alerts/judge-observations'
import type { Observation } from '#lib/alerts/observation'

/** An alert that is open, as it was stored. */
export interface OpenAlert {
  fingerprint: string
  ruleId: string
  metric: string
  labels: AlertLabels
  memory: AlertMemory
}

export interface AlertDecision<Open extends OpenAlert> {
  fingerprint: string
  ruleId: string
  labels: AlertLabels
  /** Null = the rule is gone or switched off. */
  rule: AlertRule | null
  before: Open | null
  /** Null = nothing was observed, or it could not be looked at. */
  reading: AlertReading | null
  silenceId: string | null
  step: AlertStep
}

export interface AlertsAsSeen<Open extends OpenAlert> {
  rules: readonly AlertRule[]
  observations: readonly Observation[]
  /** Names of the readers that failed: the part of their metrics' names before the dot. */
  failedReaders: ReadonlySet<string>
  silences: readonly AlertSilence[]
  open: readonly Open[]
  nowMs: number
}

/** The next step of every alert that is open or should be. Pure. */
export function decideAlerts<Open extends OpenAlert>(seen: AlertsAsSeen<Open>): AlertDecision<Open>[] {
  const rules = new Map(seen.rules.filter(({ enabled }) => enabled).map((rule) => [rule.id, rule]))
  const byMetric = Map.groupBy(seen.observations, ({ metric }) => metric)
  const readings = new Map<string, { rule: AlertRule; reading: AlertReading }>()
  for (const rule of rules.values()) {
    for (const reading of judgeObservations(rule, byMetric.get(rule.metric) ?? []))
      readings.set(alertFingerprint(rule.id, reading.labels), { rule, reading })
  }
  const open = new Map(seen.open.map((alert) => [alert.fingerprint, alert]))
  return [...new Set([...open.keys(), ...readings.keys()])].flatMap((fingerprint) => {
    const before = open.get(fingerprint) ?? null
    const found = readings.get(fingerprint) ?? null
    const ruleId = before?.ruleId ?? found?.rule.id ?? ''
    const labels = before?.labels ?? found?.reading.labels ?? {}
    const rule = rules.get(ruleId) ?? null
    const silence = findSilence(seen.silences, { ruleId, labels, nowMs: seen.nowMs })
    const unknown = found === null && seen.failedReaders.has(readerOf(rule?.metric ?? before?.metric ?? ''))
    const step = evaluateAlert({
      alert: before?.memory ?? null,
      reading: unknown ? 'unknown' : (found?.reading ?? null),
      rule,
      silenced: silence !== null,
      nowMs: seen.nowMs,
    })
    if (before === null && step.alert === null && step.moves.length === 0) return []
    const reading = found?.reading ?? null
    return [{ fingerprint, ruleId, labels, rule, before, reading, silenceId: silence?.id ?? null, step }]
  })
}

function readerOf(metric: string): string {
  return metric.split('.')[0] ?? metric
}
