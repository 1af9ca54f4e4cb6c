'use client'

import { Skeleton } from '@mantine/core'
import { useForecast } from '#components/data/use-cost-advice'
import { ErrorNotice } from '#components/ui/error-notice'
import { FactList } from '#components/ui/fact-list'
import { formatCost } from '#components/ui/format-cost'
import { Panel } from '#components/ui/panel'

/** What the running month will have cost at its end. */
export function ForecastPanel() {
  const { data, error, refetch } = useForecast()
  return (
    <Panel title="Forecast" hint={data ? `${data.month}, UTC, all accounts` : 'UTC, all accounts'}>
      {!data && error ? (
        <ErrorNotice what="The forecast" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Skeleton height={90} role="status" aria-label="Loading the forecast" /> : null}
      {data ? (
        <FactList
          facts={[
            ['Spent so far', formatCost(data.spentPicoUsd)],
            [
              'At the end of the month',
              data.expectedPicoUsd === null
                ? 'not before the first complete day'
                : formatCost(data.expectedPicoUsd),
            ],
            [
              `In ${Math.round((data.interval?.coverage ?? 0.8) * 100)} of 100 months between`,
              data.interval === null
                ? `not before ten complete days (now ${data.historyDays})`
                : `${formatCost(data.interval.lowPicoUsd)} and ${formatCost(data.interval.highPicoUsd)}`,
            ],
          ]}
        />
      ) : null}
    </Panel>
  )
}
