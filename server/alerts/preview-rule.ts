import type { AlertRule } from '#lib/alerts/alert-rule'
import { previewRule } from '#lib/alerts/preview-rule'
import type { RulePreview } from '#lib/contracts/alerts'
import { readSamples } from '#server/alerts/alert-samples'
import { requireObservedMetric } from '#server/alerts/rules'
import type { Database } from '#server/db/database'

const spanMs = 86_400_000

/** When the rule would have fired in the last 24 hours. @throws AppError `invalid_request` for a metric nobody observes */
export async function previewOnPast(
  db: Pick<Database, 'orm'>,
  rule: AlertRule,
  nowMs: number,
): Promise<RulePreview> {
  requireObservedMetric(rule)
  const fromMs = nowMs - spanMs
  // A value holds until the next of its series, so those of the day before count too.
  const rows = await readSamples(db, { metric: rule.metric, fromMs: fromMs - spanMs, toMs: nowMs })
  const samples = rows.map(({ at, ...sample }) => ({ ...sample, atMs: at.getTime() }))
  const instant = (ms: number) => new Date(ms).toISOString()
  return {
    from: instant(fromMs),
    to: instant(nowMs),
    samples: samples.filter(({ atMs }) => atMs >= fromMs).length,
    firings: previewRule(rule, { samples, fromMs, toMs: nowMs }).map(
      ({ labels, firedAtMs, resolvedAtMs }) => ({
        labels: { ...labels },
        firedAt: instant(firedAtMs),
        resolvedAt: resolvedAtMs === null ? null : instant(resolvedAtMs),
      }),
    ),
  }
}
