import { formatCost } from '#components/ui/format-cost'
import { formatRatio } from '#components/ui/format-number'
import type { CostChange } from '#lib/contracts/cost-changes'
import type { CostDriver } from '#lib/costs/explain-change'
import { formatUsd } from '#lib/costs/format-usd'
import { formatUtcDay } from '#lib/costs/format-utc-day'
import classes from './changes.module.css'

const driverWords: Readonly<Record<CostDriver, string>> = {
  volume: 'Requests',
  tokens: 'Tokens per answer',
  mix: 'Models',
  price: 'Prices',
  cache: 'Cached input',
  failures: 'Failures and retries',
}

/** What each driver added to a day's cost or took from it; together they are the change. */
export function ChangeDrivers({ change }: { change: CostChange }) {
  const effects = change.drivers.map(({ picoUsdPerDay }) => Math.abs(Number(picoUsdPerDay)))
  const largest = Math.max(1, ...effects)
  return (
    <div className={classes.drivers}>
      <table className={classes.effects} aria-label={`Why ${change.value} changed`}>
        <tbody>
          {change.drivers.map(({ driver, picoUsdPerDay, text }, index) => (
            <tr key={driver}>
              <th scope="row">{driverWords[driver]}</th>
              <td className={classes.effect}>
                {BigInt(picoUsdPerDay) < 0n ? '−' : '+'}
                {formatUsd(BigInt(picoUsdPerDay.replace('-', '')))}
                <span className={classes.bar} aria-hidden>
                  <span style={{ width: `${((effects[index] ?? 0) / largest) * 100}%` }} />
                </span>
              </td>
              <td className={classes.driverText}>{BigInt(picoUsdPerDay) === 0n ? 'as before' : text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.soft}>
        {span(change.startDay, change.endDay)} cost {formatCost(change.actualPicoUsd)}; as{' '}
        {span(change.beforeFrom, change.beforeTo)} did, it would have been{' '}
        {formatCost(change.expectedPicoUsd)}.
        {change.mostlyIn
          ? ` ${formatRatio(change.mostlyIn.share)} of the change is ${change.mostlyIn.dimension} ${change.mostlyIn.value}.`
          : ''}
      </p>
    </div>
  )
}

function span(from: string, to: string): string {
  return from === to ? formatUtcDay(from) : `${formatUtcDay(from)} to ${formatUtcDay(to)}`
}
