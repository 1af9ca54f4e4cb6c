import type { DeploymentDeed } from '#components/data/use-deployment-deed'
import { joinWords, type TakeOver, takeOver, takeOverSentence } from '#components/deployments/take-over'
import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'

export interface DeploymentDeedWords {
  verb: string
  /** What will happen, with numbers. */
  effect: string
  /** What happened. */
  done: string
  fact: string
}

/** What each deed does to a deployment, as the traffic is now; `spanLabel` is how long an isolation would last. */
export function deploymentDeedWords(
  view: DeploymentsView,
  { deployment, spanLabel }: { deployment: DeploymentView; spanLabel: string },
): Readonly<Record<DeploymentDeed, DeploymentDeedWords>> {
  const { id } = deployment
  const moved = takeOver(view, (one) => one.id === id)
  return {
    isolate: {
      verb: 'Isolate',
      effect: `No instance asks ${id} any more, not even with a probe. ${takeOverSentence(moved)}${refusedSentence(moved)}`,
      done: `${id} is isolated`,
      fact: spanLabel === 'until released' ? 'Until somebody releases it.' : `For ${spanLabel}.`,
    },
    release: {
      verb: 'Release',
      effect: `${id} takes its place in the chains again, at once and on every instance.`,
      done: `${id} is released`,
      fact: 'It is asked again.',
    },
    close: {
      verb: 'Close breaker',
      effect: `Every open breaker of ${id} closes without a probe, so its full share of requests goes there at once. If it is still sick, the breaker opens again.`,
      done: `The breakers of ${id} are closed`,
      fact: 'It is asked again.',
    },
    drain: {
      verb: 'Drain',
      effect: `${id} finishes the ${deployment.inFlight} in flight and is asked again only when nothing else is left. ${takeOverSentence(moved)}`,
      done: `${id} is drained`,
      fact: 'Until somebody undrains it.',
    },
    undrain: {
      verb: 'Undrain',
      effect: `${id} takes its place in the chains again.`,
      done: `${id} is not drained any more`,
      fact: 'It is asked again.',
    },
  }
}

/** Where an isolated deployment was the last one, its requests have nowhere to go. */
function refusedSentence({ stranded }: TakeOver): string {
  return stranded.length === 0 ? '' : ` Requests for ${joinWords(stranded)} are refused with 503 until then.`
}
