'use client'

import { DeploymentLink } from '#components/deployments/deployment-link'
import { DeploymentState } from '#components/deployments/deployment-state'
import { LimitsLeft } from '#components/deployments/limits-left'
import { SparkValue } from '#components/deployments/spark-value'
import { stateRank } from '#components/deployments/state-words'
import type { Column } from '#components/ui/data-table'
import { formatMs } from '#components/ui/format-duration'
import { formatCount, formatRate, formatRatio } from '#components/ui/format-number'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './board.module.css'

/** Small differences between quick answers are no news, so their line stays low. */
const calmFirstTokenMs = 2_000

/** Columns of the board; every region has the same, so that they stand in line. */
export function boardColumns(onOpen: (id: string) => void): readonly Column<DeploymentView>[] {
  return [
    {
      id: 'deployment',
      label: 'Deployment',
      width: 186,
      sortBy: ({ id }) => id,
      render: (row) => <DeploymentLink deployment={row} onOpen={onOpen} />,
    },
    {
      id: 'state',
      label: 'State',
      width: 250,
      sortBy: ({ state }) => stateRank[state],
      render: (row) => <DeploymentState deployment={row} />,
    },
    {
      id: 'opens',
      label: 'Opens today',
      numeric: true,
      width: 92,
      sortBy: opensToday,
      render: (row) => <Quiet value={opensToday(row)} />,
    },
    {
      id: 'errors',
      label: 'Errors',
      numeric: true,
      width: 108,
      sortBy: ({ errorRatio }) => errorRatio,
      render: (row) => <ErrorSpark deployment={row} />,
    },
    {
      id: 'first',
      label: 'First token p95',
      numeric: true,
      width: 124,
      sortBy: ({ firstTokenP95Ms }) => firstTokenP95Ms,
      render: (row) => (
        <SparkValue values={row.firstTokenSparkline} color="var(--c-p50)" top={calmFirstTokenMs}>
          {formatMs(row.firstTokenP95Ms)}
        </SparkValue>
      ),
    },
    {
      id: 'rate',
      label: 'Requests/s',
      numeric: true,
      width: 90,
      sortBy: ({ requestsPerSecond }) => requestsPerSecond,
      render: ({ requestsPerSecond }) => formatRate(requestsPerSecond),
    },
    {
      id: 'flight',
      label: 'In flight',
      numeric: true,
      width: 84,
      sortBy: ({ inFlight }) => inFlight,
      render: (row) => <InFlight deployment={row} />,
    },
    {
      id: 'left',
      label: 'TPM / RPM left',
      width: 154,
      sortBy: ({ remainingTokens }) => remainingTokens,
      render: (row) => <LimitsLeft deployment={row} />,
    },
  ]
}

/** Over all signals. */
export function opensToday({ breakers }: DeploymentView): number {
  return breakers.reduce((sum, breaker) => sum + breaker.opensToday, 0)
}

function ErrorSpark({ deployment }: { deployment: DeploymentView }) {
  const { errorRatio, errorRatioSparkline } = deployment
  const failing = errorRatioSparkline.some((ratio) => (ratio ?? 0) > 0)
  return (
    <SparkValue
      values={errorRatioSparkline}
      color={failing ? 'var(--c-outcome-error)' : 'var(--c-outcome-cancelled)'}
      top={1}
    >
      <span className={(errorRatio ?? 0) >= 0.05 ? classes.bad : undefined}>{formatRatio(errorRatio)}</span>
    </SparkValue>
  )
}

function InFlight({ deployment }: { deployment: DeploymentView }) {
  const { inFlight, queued, maxInFlight } = deployment
  return (
    <span
      title={`${formatCount(inFlight)} of ${formatCount(maxInFlight)} places taken, ${formatCount(queued)} waiting`}
    >
      <Quiet value={inFlight} />
      {queued > 0 ? <span className={classes.warn}> +{formatCount(queued)}</span> : null}
    </span>
  )
}

/** Zeros step back, so that what is there stands out. */
function Quiet({ value }: { value: number }) {
  return <span className={value === 0 ? classes.soft : undefined}>{formatCount(value)}</span>
}
