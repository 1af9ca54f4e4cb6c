import { defaultScaling, type ScalingPolicy } from '#lib/deployments/capacity-scaling'
import type { CapacityUnit } from '#lib/deployments/capacity-sizes'
import type { DeploymentData } from '#lib/deployments/catalog-schema'

const tokensPerUnit = 1_000

/** What a deployment's capacity is counted in. */
export function capacityUnit({ capacity }: Pick<DeploymentData, 'capacity'>): CapacityUnit {
  return capacity && capacity.ptu > 0 ? 'PTU' : 'kTPM'
}

/** The units that the catalog states; null when it states none, or less than one. */
export function statedUnits(deployment: Pick<DeploymentData, 'capacity'>): number | null {
  const { capacity } = deployment
  if (!capacity) return null
  if (capacity.ptu > 0) return capacity.ptu
  const units = Math.floor((capacity.tokensPerMinute ?? 0) / tokensPerUnit)
  return units > 0 ? units : null
}

export interface CapacityLimits {
  tokensPerMinute: number | null
  requestsPerMinute: number | null
}

/** Limits at `units`: the stated ones in proportion. Requests that nobody stated stay unknown. */
export function limitsAt(deployment: Pick<DeploymentData, 'capacity'>, units: number | null): CapacityLimits {
  const { capacity } = deployment
  const stated = statedUnits(deployment)
  const scaled = (limit: number | undefined) =>
    !limit || stated === null || units === null ? null : (limit * units) / stated
  const requestsPerMinute = scaled(capacity?.requestsPerMinute)
  if (capacityUnit(deployment) === 'PTU')
    return { tokensPerMinute: scaled(capacity?.tokensPerMinute), requestsPerMinute }
  return { tokensPerMinute: units === null ? null : units * tokensPerUnit, requestsPerMinute }
}

/** A deployment's rules. */
export function scalingOf({ scaling }: Pick<DeploymentData, 'scaling'>): ScalingPolicy {
  return scaling ?? defaultScaling
}
