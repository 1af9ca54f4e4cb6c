import { formatCompact, formatRatio } from '#components/ui/format-number'
import { Meter } from '#components/ui/meter'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './board.module.css'

/** What the provider's limits leave, each against its limit where that is known. */
export function LimitsLeft({ deployment }: { deployment: DeploymentView }) {
  const { remainingTokens, limitTokens, remainingRequests, limitRequests, utilization } = deployment
  if (remainingTokens === null && remainingRequests === null && utilization === null)
    return <span className={classes.soft}>not reported</span>
  return (
    <span className={classes.limits}>
      <Left name="TPM" remaining={remainingTokens} limit={limitTokens} />
      <Left name="RPM" remaining={remainingRequests} limit={limitRequests} />
      {utilization === null ? null : (
        <span className={classes.limitLine}>
          <span className={classes.limitName}>PTU</span>
          <Meter label="PTU utilisation" used={utilization} />
          <span className={classes.limitValue}>{formatRatio(utilization)}</span>
        </span>
      )}
    </span>
  )
}

function Left({ name, remaining, limit }: { name: string; remaining: number | null; limit: number | null }) {
  if (remaining === null) return null
  return (
    <span className={classes.limitLine} title={leftTitle(name, remaining, limit)}>
      <span className={classes.limitName}>{name}</span>
      {limit === null || limit === 0 ? (
        <span />
      ) : (
        <Meter label={`${name} used`} used={1 - remaining / limit} />
      )}
      <span className={classes.limitValue}>{formatCompact(remaining)}</span>
    </span>
  )
}

function leftTitle(name: string, remaining: number, limit: number | null): string {
  const what = name === 'TPM' ? 'tokens' : 'requests'
  return limit === null
    ? `${remaining.toLocaleString('en-US')} ${what} left`
    : `${remaining.toLocaleString('en-US')} of ${limit.toLocaleString('en-US')} ${what} left`
}
