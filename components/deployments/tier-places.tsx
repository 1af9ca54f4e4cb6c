import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './deployments.module.css'

/** Tiers a deployment serves, each with its place in the tier's chain, counted from 1. */
export function TierPlaces({ tiers }: { tiers: DeploymentView['tiers'] }) {
  if (tiers.length === 0) return <span className={classes.soft}>none</span>
  return (
    <span className={classes.tiers}>
      {tiers.map(({ tier, step }) => (
        <span
          key={`${tier}-${step}`}
          className={classes.tier}
          title={`Step ${step + 1} of the chain of ${tier}`}
        >
          {tier} <span className={classes.place}>{step + 1}</span>
        </span>
      ))}
    </span>
  )
}
