'use client'

import { Sparkline } from '#components/charts/sparkline'
import { useAlert } from '#components/data/use-alerts'
import { formatAlertValue } from '#lib/alerts/alert-sentence'
import type { AlertView } from '#lib/contracts/alerts'
import classes from './alerts.module.css'

const steps = 60

/** The observed values around the alert, each held until the next. */
function stretch(samples: readonly { at: string; value: number | null }[], endMs: number): (number | null)[] {
  const startMs = samples[0] ? Date.parse(samples[0].at) : endMs
  const stepMs = Math.max(1, (endMs - startMs) / (steps - 1))
  return Array.from({ length: steps }, (_, index) => {
    const atMs = startMs + index * stepMs
    return samples.findLast(({ at }) => Date.parse(at) <= atMs)?.value ?? null
  })
}

/** The graph that fired, with the value it has now and its limit. */
export function AlertGraph({ alert }: { alert: AlertView }) {
  const { data, dataUpdatedAt } = useAlert(alert.id)
  const endMs = alert.resolvedAt === null ? dataUpdatedAt : Date.parse(alert.resolvedAt)
  return (
    <div className={classes.graph}>
      {data && data.samples.length > 0 ? (
        <Sparkline values={stretch(data.samples, endMs)} color="var(--c-bad)" top={alert.threshold} />
      ) : null}
      {alert.unit === 'state' ? null : (
        <span>
          {formatAlertValue(alert.value, alert.unit)}, limit {formatAlertValue(alert.threshold, alert.unit)}
        </span>
      )}
    </div>
  )
}
