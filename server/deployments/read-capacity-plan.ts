import { scalingOf, statedUnits } from '#lib/deployments/capacity-limits'
import type { CapacityObservation } from '#lib/deployments/capacity-observation'
import { type CapacityPlanLine, planCapacity } from '#lib/deployments/capacity-plan'
import { defaultScaling, type ScalingPolicy } from '#lib/deployments/capacity-scaling'
import type { Deployment } from '#lib/deployments/catalog'
import {
  type CapacityRecord,
  noCapacityRecord,
  readCapacityRecords,
} from '#server/deployments/capacity-changes'
import type { CapacityParts } from '#server/deployments/capacity-parts'
import type { CapacityDecision } from '#server/deployments/capacity-recommendations'

/** One deployment's place in the plan, with what it rests on. */
export interface CapacityCase {
  deployment: Deployment
  policy: ScalingPolicy
  record: CapacityRecord
  observation: CapacityObservation
  line: CapacityPlanLine
}

/** The plan for every deployment whose capacity is anybody's concern: Azure's, and others that state one. */
export async function readCapacityPlan(parts: CapacityParts): Promise<CapacityCase[]> {
  const nowMs = parts.clock.nowMs()
  const deployments = [...parts.catalog().deployments.values()].filter(
    ({ provider, capacity }) => provider === 'azure-openai' || capacity !== undefined,
  )
  const records = await readCapacityRecords(parts.db, parts.simulated)
  const observations = await parts.observer.observe({ deployments, records, nowMs })
  const policies = new Map(deployments.map((deployment) => [deployment.id, scalingOf(deployment)]))
  const policyOf = (id: string) => policies.get(id) ?? defaultScaling
  const lines = planCapacity({ observations, policyOf, nowMs })
  return deployments.flatMap((deployment, index) => {
    const [observation, line] = [observations[index], lines[index]]
    if (!observation || !line) return []
    const record = records.get(deployment.id) ?? noCapacityRecord
    return [{ deployment, policy: policyOf(deployment.id), record, observation, line }]
  })
}

/** What the plan recommends for a deployment; null when it recommends nothing. */
export function recommendedDecision(
  { deployment, line }: CapacityCase,
  simulated: boolean,
): CapacityDecision | null {
  const { currentUnits, recommendedUnits, unit, reason } = line
  if (recommendedUnits === null || currentUnits === null) return null
  return {
    deploymentId: deployment.id,
    direction: recommendedUnits > currentUnits ? 'up' : 'down',
    fromUnits: currentUnits,
    toUnits: recommendedUnits,
    unit,
    catalogUnits: statedUnits(deployment),
    simulated,
    reason,
  }
}
