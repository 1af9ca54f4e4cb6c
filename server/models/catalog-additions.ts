import { and, eq, inArray } from 'drizzle-orm'
import type { DeploymentData } from '#lib/deployments/catalog-schema'
import { type Preset, presetSchema } from '#lib/deployments/deployment-preset'
import type { CatalogAdditions } from '#lib/deployments/extend-catalog'
import { tunedServesUntil } from '#lib/models/tunable-models'
import { modelDeployments, modelPlacements, modelVersions } from '#schema/models'
import type { Transaction } from '#server/config/configuration-version'

/** What was deployed and placed from here, as the catalog takes it. */
export async function readAdditions(orm: Transaction): Promise<CatalogAdditions> {
  const rows = await orm
    .select({ deployment: modelDeployments, version: modelVersions })
    .from(modelDeployments)
    .innerJoin(modelVersions, eq(modelVersions.id, modelDeployments.versionId))
    .where(eq(modelDeployments.state, 'ready'))
  const placements = await orm
    .select({ tier: modelPlacements.tier, deploymentId: modelPlacements.deploymentId })
    .from(modelPlacements)
    .where(and(inArray(modelPlacements.state, ['watching', 'stable'])))
  return {
    deployments: rows.map(toDeployment),
    heads: new Map(placements.map(({ tier, deploymentId }) => [tier, deploymentId])),
  }
}

interface DeployedVersion {
  deployment: typeof modelDeployments.$inferSelect
  version: typeof modelVersions.$inferSelect
}

function toDeployment({ deployment, version }: DeployedVersion): DeploymentData {
  const { id, region, units } = deployment
  const servesUntil =
    version.kind === 'fine_tuned' ? tunedServesUntil(version.model.split('.ft-')[0] ?? '') : null
  return {
    id,
    region,
    deployment: deployment.deployment,
    model: version.model,
    provider: 'azure-openai',
    contextTokens: null,
    ...(units === null
      ? {}
      : {
          capacity: { tokensPerMinute: units * 1000, requestsPerMinute: units * 6, ptu: 0, enforce: false },
        }),
    ...(version.kind === 'prompt' ? { preset: presetOf(version) } : {}),
    ...(servesUntil === null
      ? {}
      : {
          lifecycle: { stage: 'ga' as const, retiresOn: servesUntil, asOf: '2026-10-05', replacement: null },
        }),
  }
}

function presetOf({ prompt, temperature, topP, preset }: DeployedVersion['version']): Preset {
  return presetSchema.parse({ ...preset, system: prompt, temperature, topP })
}
