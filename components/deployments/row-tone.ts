import { deploymentStates } from '#components/deployments/state-words'
import type { Tone } from '#components/ui/tone'
import type { DeploymentView } from '#lib/contracts/deployments'

/** How a deployment's row is marked; those that plainly serve are not. */
export function rowTone({ state }: DeploymentView): Tone | null {
  const { tone } = deploymentStates[state]
  return tone === 'good' || tone === 'neutral' ? null : tone
}
