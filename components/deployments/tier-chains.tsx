import { Fragment } from 'react'
import { formatCount } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { ProviderMark } from '#components/ui/provider-mark'
import type { DeploymentsView } from '#lib/contracts/deployments'
import classes from './deployments.module.css'

/** The order in which each tier asks its deployments. */
export function TierChains({ view }: { view: DeploymentsView }) {
  const providers = new Map(view.deployments.map(({ id, provider }) => [id, provider]))
  return (
    <Panel title="Tiers" hint="asked from left to right; deployments in one step are balanced" flush>
      <div className={classes.chains}>
        {view.tiers.map((tier) => (
          <div key={tier.name} className={classes.chain}>
            <span className={classes.chainName}>{tier.name}</span>
            <ol className={classes.steps}>
              {tier.chain.map((step) => (
                <li key={step.join('+')} className={classes.step}>
                  {step.map((id, index) => (
                    <Fragment key={id}>
                      {index > 0 ? <span className={classes.soft}>or</span> : null}
                      <ProviderMark provider={providers.get(id) ?? ''}>{id}</ProviderMark>
                    </Fragment>
                  ))}
                </li>
              ))}
            </ol>
            <span className={classes.limit}>at most {formatCount(tier.maxOutputTokens)} output tokens</span>
          </div>
        ))}
      </div>
    </Panel>
  )
}
