import { signed } from '#components/costs/variance-columns'
import { formatCost } from '#components/ui/format-cost'
import { ScrollRegion } from '#components/ui/scroll-region'
import type { VarianceView } from '#lib/contracts/reconciliations'
import { formatUtcDay } from '#lib/costs/format-utc-day'
import classes from './reconciliation.module.css'

export interface VarianceDaysProps {
  days: VarianceView['days']
  /** The day that the lines are narrowed to. */
  chosen: string | null
  onChoose: (day: string | null) => void
}

/** A bar a day, as high as its variance; a press narrows the lines to the day. */
export function VarianceDays({ days, chosen, onChoose }: VarianceDaysProps) {
  const sizes = days.map(({ variancePicoUsd }) => Math.abs(Number(variancePicoUsd)))
  const largest = Math.max(1, ...sizes)
  return (
    <ScrollRegion label="Variance by day, scrolling" className={classes.days}>
      {days.map(({ day, invoicedPicoUsd, ledgerPicoUsd, variancePicoUsd }, index) => (
        <button
          key={day}
          type="button"
          className={classes.day}
          aria-pressed={chosen === day}
          aria-label={`${formatUtcDay(day)}: variance ${signed(BigInt(variancePicoUsd))}`}
          title={`${formatUtcDay(day)}: invoice ${formatCost(invoicedPicoUsd)}, ledger ${formatCost(ledgerPicoUsd)}, variance ${signed(BigInt(variancePicoUsd))}`}
          onClick={() => onChoose(chosen === day ? null : day)}
        >
          <span className={classes.column} aria-hidden>
            <span
              className={classes.height}
              data-over={BigInt(variancePicoUsd) > 0n || undefined}
              style={{ height: `${((sizes[index] ?? 0) / largest) * 100}%` }}
            />
          </span>
          <span className={classes.dayName} aria-hidden>
            {Number(day.slice(8))}
          </span>
        </button>
      ))}
    </ScrollRegion>
  )
}
