'use client'

import { TimeChart, type TimeSeries } from '#components/charts/time-chart'
import { evidencePercent, metricWords } from '#components/traffic/rollout-words'
import type { RolloutDetail } from '#lib/contracts/rollouts'
import { guardrailMetrics } from '#lib/traffic/rollout-plan'
import classes from './rollouts.module.css'

const colors = [
  'var(--c-p95)',
  'var(--c-series-1)',
  'var(--c-series-2)',
  'var(--c-series-4)',
  'var(--c-series-5)',
  'var(--c-series-other)',
]
/** Beyond this the curve says nothing more. */
const highest = 150

/** How sure it was, over time, that the candidate is worse than allowed: who reaches the limit is rolled back. */
export function RolloutEvidence({ readings }: { readings: RolloutDetail['readings'] }) {
  if (readings.length === 0)
    return <p className={classes.soft}>The curve begins with the first requests of both sides.</p>
  const curves = guardrailMetrics.map(
    (metric, index): TimeSeries => ({
      id: metric,
      label: metricWords[metric],
      color: colors[index] ?? 'var(--c-series-other)',
      values: readings.map(({ guardrails }) => {
        const found = guardrails.find((one) => one.metric === metric)
        return found && found.status !== 'unknown' ? Math.min(highest, evidencePercent(found)) : null
      }),
    }),
  )
  const isBeyond = curves.some(({ values }) => values.some((value) => value !== null && value > 100))
  const limit: TimeSeries = {
    id: 'limit',
    label: 'Rolls back',
    color: 'var(--c-bad)',
    dashed: true,
    values: readings.map(() => 100),
  }
  return (
    <TimeChart
      label="Evidence of harm of each guardrail, in per cent of what rolls back"
      kind="lines"
      moments={readings.map(({ at }) => at)}
      series={[...curves.filter(({ values }) => values.some((value) => value !== null)), limit]}
      format={(value) => `${Math.round(value)} %`}
      ticks={isBeyond ? [0, 50, 100, highest] : [0, 25, 50, 75, 100]}
    />
  )
}
