import { capacityUnit, limitsAt } from '#lib/deployments/capacity-limits'
import type { ResourceManager } from '#lib/deployments/capacity-scaling'
import type { Catalog, Deployment } from '#lib/deployments/catalog'
import { applyCapacity } from '#server/deployments/apply-capacity'
import type { CapacityCredential } from '#server/deployments/capacity-credential'
import type { Simulator } from '#server/simulator/start-simulator'

/** A change to carry out. */
export interface CapacityDeed {
  fromUnits: number
  toUnits: number
  /** Fires when the process stops. */
  signal: AbortSignal
}

/** How a deployment's capacity can be changed from here. */
export type CapacityMeans =
  | {
      possible: true
      simulated: boolean
      /** Null = in force; else why it failed. Never throws. */
      apply(deed: CapacityDeed): Promise<string | null>
    }
  | { possible: false; hint: string }

export interface CapacityMeansOptions {
  catalog: () => Catalog
  credential: CapacityCredential
  /** Null where Azure itself is configured. */
  simulator: Pick<Simulator, 'setLimits'> | null
  pollEveryMs?: number
}

export type FindCapacityMeans = (deployment: Deployment) => Promise<CapacityMeans>

const publicCloud = 'https://management.azure.com'
/** Requests a minute that come with a unit where the catalog states none. */
const requestsPerUnit = 6

/** Asks for a token before it says that something is possible. */
export function createCapacityMeans(options: CapacityMeansOptions): FindCapacityMeans {
  return async (deployment) => {
    if (deployment.provider !== 'azure-openai')
      return impossible('only Azure OpenAI deployments can be resized through Azure’s resource manager.')
    if (options.simulator) return simulatorMeans(options.simulator, deployment)
    const { region } = deployment
    const resourceManager = options
      .catalog()
      .data.regions.find(({ name }) => name === region)?.resourceManager
    if (!resourceManager)
      return impossible(
        `the catalog file (HUNTAZE_CATALOG) needs regions.${region}.resourceManager with subscriptionId, resourceGroup and account.`,
      )
    return azureMeans(options, deployment, resourceManager)
  }
}

function impossible(hint: string): CapacityMeans {
  return { possible: false, hint }
}

function simulatorMeans(simulator: Pick<Simulator, 'setLimits'>, deployment: Deployment): CapacityMeans {
  if (capacityUnit(deployment) === 'PTU') return impossible('it is simulated, and the simulator has no PTU.')
  return {
    possible: true,
    simulated: true,
    async apply({ toUnits }) {
      const { tokensPerMinute, requestsPerMinute } = limitsAt(deployment, toUnits)
      simulator.setLimits(`${deployment.region}/${deployment.deployment}`, {
        tokensPerMinute: tokensPerMinute ?? 1,
        requestsPerMinute: Math.max(1, Math.round(requestsPerMinute ?? toUnits * requestsPerUnit)),
      })
      return null
    },
  }
}

async function azureMeans(
  { credential, pollEveryMs }: CapacityMeansOptions,
  deployment: Deployment,
  resourceManager: ResourceManager,
): Promise<CapacityMeans> {
  const refusal = await credential.refusal(`${resourceManager.endpoint ?? publicCloud}/.default`)
  if (refusal !== null)
    return impossible(
      `this process has no token for Azure’s resource manager (${refusal}); give it a managed identity, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.`,
    )
  const target = {
    resourceManager,
    credential: await credential.get(),
    deployment: deployment.deployment,
    unit: capacityUnit(deployment),
    pollEveryMs,
  }
  return { possible: true, simulated: false, apply: (deed) => applyCapacity({ ...target, ...deed }) }
}
