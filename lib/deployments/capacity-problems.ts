import { capacityUnit } from '#lib/deployments/capacity-limits'
import type { ScalingPolicy } from '#lib/deployments/capacity-scaling'
import {
  type CapacityUnit,
  capacitySizes,
  provisionedSkus,
  sizeAtLeast,
  sizeAtMost,
} from '#lib/deployments/capacity-sizes'
import type { CatalogData, DeploymentData } from '#lib/deployments/catalog-schema'

/** What is wrong with the `scaling` of a catalog's deployments, each with its path. */
export function capacityProblems({ deployments, regions }: CatalogData): string[] {
  const managed = new Set(regions.filter(({ resourceManager }) => resourceManager).map(({ name }) => name))
  return deployments.flatMap((deployment) => {
    const { scaling } = deployment
    if (!scaling) return []
    const path = `deployments.${deployment.id}.scaling`
    return problemsOf(deployment, scaling, managed).map((problem) => `${path}${problem}`)
  })
}

function problemsOf(
  deployment: DeploymentData,
  scaling: ScalingPolicy,
  managedRegions: ReadonlySet<string>,
): string[] {
  const unit = capacityUnit(deployment)
  return [
    ...(deployment.provider === 'azure-openai' ? [] : [': only Azure OpenAI deployments can be resized']),
    ...skuProblems(unit, scaling),
    ...sizeProblems(deployment, unit, scaling),
    ...(scaling.autoApply && !managedRegions.has(deployment.region)
      ? [`.autoApply: needs regions.${deployment.region}.resourceManager`]
      : []),
    ...(scaling.autoApply && !deployment.capacity ? ['.autoApply: needs the capacity that it has now'] : []),
  ]
}

function skuProblems(unit: CapacityUnit, { sku }: ScalingPolicy): string[] {
  if (sku === null) return []
  const provisioned = provisionedSkus.some((name) => name === sku)
  if (provisioned && unit !== 'PTU') return [`.sku: ${sku} needs capacity.ptu`]
  if (!provisioned && unit === 'PTU') return [`.sku: ${sku} has no PTU, but capacity.ptu is stated`]
  return []
}

function sizeProblems(
  { model }: DeploymentData,
  unit: CapacityUnit,
  { sku, unitStep, minUnits, maxUnits }: ScalingPolicy,
): string[] {
  const sizes = capacitySizes({ model, unit, sku, unitStep })
  if (sizes === null || maxUnits === null) return []
  if (sizeAtLeast(minUnits ?? sizes.minimum, sizes) <= sizeAtMost(maxUnits, sizes)) return []
  const { minimum, step } = sizes
  const known = [minimum, minimum + step, minimum + 2 * step].join(', ')
  return [
    `.maxUnits: ${model} comes in ${known}, … ${unit}, none of which lies between minUnits and maxUnits`,
  ]
}
