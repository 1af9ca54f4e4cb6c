import type { MetricComparisonView } from '#lib/contracts/experiments'
import { metricDefinitions, showDifference } from '#lib/experiments/experiment-metrics'
import classes from './experiments.module.css'

/** Where the difference may lie, as words and as a bar around zero; below the minimum of units, why there is none. */
export function IntervalBar({ comparison }: { comparison: MetricComparisonView }) {
  const { interval, metric, difference } = comparison
  const { unit, better } = metricDefinitions[metric]
  if (!interval) return <span className={classes.soft}>too few units yet</span>
  const reach = Math.max(Math.abs(interval.lower), Math.abs(interval.upper)) || 1
  const place = (value: number) => `${50 + (value / reach) * 50}%`
  const isGain = better === 'higher' ? interval.lower > 0 : interval.upper < 0
  const isLoss = better === 'higher' ? interval.upper < 0 : interval.lower > 0
  return (
    <span className={classes.interval}>
      <span>{`${showDifference(interval.lower, unit)} to ${showDifference(interval.upper, unit)}`}</span>
      <span className={classes.track} aria-hidden data-tone={isGain ? 'good' : isLoss ? 'bad' : undefined}>
        <span className={classes.zero} />
        <span
          className={classes.range}
          style={{ left: place(interval.lower), right: `calc(100% - ${place(interval.upper)})` }}
        />
        {difference === null ? null : <span className={classes.point} style={{ left: place(difference) }} />}
      </span>
    </span>
  )
}
