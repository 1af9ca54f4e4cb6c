import type { Deployment } from '#lib/deployments/catalog'
import { deploymentPolicy } from '#lib/resilience/deployment-policy'
import type { SettingsStore } from '#server/config/settings-store'
import type { CatalogStore } from '#server/deployments/catalog-store'
import { createDeploymentGauges } from '#server/deployments/deployment-gauges'
import { countTokens } from '#server/gateway/count-tokens'
import type { GatewayParts } from '#server/gateway/gateway-parts'
import type { Provider } from '#server/gateway/providers/provider'
import type { RequestAbort } from '#server/gateway/request-abort'
import { createBulkheads } from '#server/resilience/bulkheads'
import { createHedgeShares } from '#server/resilience/hedge-shares'
import { createRetryGate } from '#server/resilience/retry-gate'

/** What the gateway's parts are made from; the rest of them lives in this process's memory alone. */
export interface GatewayResources
  extends Pick<
    GatewayParts,
    | 'ledger'
    | 'priceBook'
    | 'breakers'
    | 'regions'
    | 'controls'
    | 'clock'
    | 'log'
    | 'telemetry'
    | 'redact'
    | 'answers'
    | 'traffic'
    | 'rollouts'
    | 'noteServed'
    | 'experiments'
  > {
  catalog: CatalogStore
  providers: { of(deployment: Deployment): Provider }
  settings: SettingsStore
}

export function createGatewayParts(resources: GatewayResources): GatewayParts {
  const { catalog, providers, settings, ...given } = resources
  const policyOf = (id: string) => deploymentPolicy(catalog.current(), id).policy
  return {
    ...given,
    catalog: catalog.current,
    providerOf: providers.of,
    gauges: createDeploymentGauges(given.clock),
    bulkheads: createBulkheads({ policyOf: (id) => policyOf(id).bulkhead }),
    retryGate: createRetryGate({ policyOf: (id) => policyOf(id).retry }),
    hedges: createHedgeShares(),
    random: Math.random,
    running: new Set<RequestAbort>(),
    storesPrompts: () => settings.current().storePrompts,
    countTokens,
  }
}
