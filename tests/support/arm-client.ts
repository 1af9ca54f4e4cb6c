import { CognitiveServicesManagementClient, type Deployment } from '@azure/arm-cognitiveservices'
import { ClientSecretCredential } from '@azure/identity'
import type { ResourceManager } from '#lib/deployments/capacity-scaling'

/** An application whose tokens the simulator at `authorityHost` issues. */
export function simulatedCredential(authorityHost: string): ClientSecretCredential {
  const [tenant, application] = [
    '00000000-0000-4000-8000-00000000000a',
    '00000000-0000-4000-8000-00000000000b',
  ]
  return new ClientSecretCredential(tenant, application, 'client-secret', {
    authorityHost,
    disableInstanceDiscovery: true,
  })
}

/** The account of a region at the simulator behind `tlsUrl`. */
export function simulatedManager(tlsUrl: string, region = 'westeurope') {
  return {
    subscriptionId: '00000000-0000-4000-8000-00000000000c',
    resourceGroup: 'ai-prod',
    account: `ai-${region}`,
    endpoint: `${tlsUrl}/regions/${region}`,
  } satisfies ResourceManager
}

/** What somebody would have deployed by hand. */
export function deployed(capacity: number, over: Partial<Deployment> = {}): Deployment {
  return {
    sku: { name: 'Standard', capacity },
    tags: { owner: 'ai-team' },
    properties: {
      model: { format: 'OpenAI', name: 'gpt-4-turbo', version: 'turbo-2024-04-09' },
      raiPolicyName: 'Microsoft.DefaultV2',
      versionUpgradeOption: 'NoAutoUpgrade',
      spilloverDeploymentName: 'gpt-4-standard-prod',
    },
    ...over,
  }
}

/** The official client of one account. */
export function armClient(tlsUrl: string, region = 'westeurope') {
  const { subscriptionId, resourceGroup, account, endpoint } = simulatedManager(tlsUrl, region)
  const client = new CognitiveServicesManagementClient(simulatedCredential(tlsUrl), subscriptionId, {
    endpoint,
    retryOptions: { maxRetries: 0 },
  })
  return {
    get: (name: string) => client.deployments.get(resourceGroup, account, name),
    put: (name: string, deployment: Deployment) =>
      client.deployments.beginCreateOrUpdateAndWait(resourceGroup, account, name, deployment, {
        updateIntervalInMs: 1,
      }),
    remove: (name: string) =>
      client.deployments.beginDeleteAndWait(resourceGroup, account, name, { updateIntervalInMs: 1 }),
  }
}
