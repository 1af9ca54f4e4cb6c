import type { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices'
import type { TokenCredential } from '@azure/identity'
import type { Catalog } from '#lib/deployments/catalog'
import type { CapacityCredential } from '#server/deployments/capacity-credential'
import { AppError } from '#server/http/app-error'
import type { Simulator } from '#server/simulator/start-simulator'

/** The account of a region, through Azure's resource manager. */
export interface RegionManager {
  client: CognitiveServicesManagementClient
  resourceGroup: string
  account: string
}

/** How to reach the resource manager's services, the cognitive ones and the workspaces. */
export interface ManagerAccess {
  credential: TokenCredential
  subscriptionId: string
  options: ManagerOptions
}

interface ManagerOptions {
  endpoint?: string
  retryOptions: { maxRetries: number; maxRetryDelayInMs: number }
  tlsOptions?: { ca: string }
}

export interface ResourceManagers {
  /** @throws AppError `conflict` with what is missing. */
  of(region: string): Promise<RegionManager>
}

export interface ResourceManagersOptions {
  catalog: () => Catalog
  credential: CapacityCredential
  /** Null where Azure itself is configured. */
  simulator: Pick<Simulator, 'secure'> | null
}

const publicCloud = 'https://management.azure.com'
const retryOptions = { maxRetries: 3, maxRetryDelayInMs: 10_000 }
const simulatedSubscription = '00000000-0000-4000-8000-000000000000'

/** Clients by region, made when they are needed: most processes never deploy anything. */
export function createResourceManagers(options: ResourceManagersOptions): ResourceManagers {
  return {
    async of(region) {
      const { CognitiveServicesManagementClient } = await import('@azure/arm-cognitiveservices')
      const open = ({ credential, subscriptionId, options: client }: ManagerAccess) =>
        new CognitiveServicesManagementClient(credential, subscriptionId, client)
      if (options.simulator) {
        const access = await simulatedAccess(options.simulator, region)
        return { client: open(access), resourceGroup: 'simulated', account: `simulated-${region}` }
      }
      const found = options.catalog().data.regions.find(({ name }) => name === region)?.resourceManager
      if (!found)
        throw new AppError('conflict', {
          message: `Nothing can be deployed in ${region}: the catalog file (HUNTAZE_CATALOG) needs regions.${region}.resourceManager with subscriptionId, resourceGroup and account.`,
        })
      const { subscriptionId, resourceGroup, account, endpoint } = found
      const refusal = await options.credential.refusal(`${endpoint ?? publicCloud}/.default`)
      if (refusal !== null)
        throw new AppError('conflict', {
          message: `This process has no token for Azure’s resource manager (${refusal}); give it a managed identity, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.`,
        })
      const client = { retryOptions, ...(endpoint ? { endpoint } : {}) }
      const credential = await options.credential.get()
      return { client: open({ credential, subscriptionId, options: client }), resourceGroup, account }
    },
  }
}

/** The simulator's own resource manager: it takes any token, over TLS alone. */
export async function simulatedAccess(
  simulator: Pick<Simulator, 'secure'>,
  region: string,
): Promise<ManagerAccess> {
  const { url, caCertificate } = await simulator.secure()
  return {
    credential: {
      getToken: async () => ({ token: 'simulated', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
    },
    subscriptionId: simulatedSubscription,
    options: { endpoint: `${url}/regions/${region}`, retryOptions, tlsOptions: { ca: caCertificate } },
  }
}
