import type {
  Deployment as AzureDeployment,
  CognitiveServicesManagementClient,
} from '@azure/arm-cognitiveservices'
import type { TokenCredential } from '@azure/identity'
import type { ResourceManager } from '#lib/deployments/capacity-scaling'
import type { CapacityUnit } from '#lib/deployments/capacity-sizes'
import { redactText } from '#lib/privacy/redact-text'

/** A change of one deployment's capacity at Azure. */
export interface CapacityOrder {
  resourceManager: ResourceManager
  credential: TokenCredential
  /** Azure's name of the deployment. */
  deployment: string
  unit: CapacityUnit
  /** What Azure must have now, so that a change made there meanwhile is not undone. */
  fromUnits: number
  toUnits: number
  /** Gives up waiting; what Azure has begun goes on there. */
  signal: AbortSignal
  /** Between two looks at a change under way, where Azure names no time (default 2 s). */
  pollEveryMs?: number
}

/** Azure needs minutes; past this it is no longer waited for. */
const longestMs = 20 * 60_000
/** Of the SDK, for single calls; a whole change is not tried again. */
const retryOptions = { maxRetries: 3, maxRetryDelayInMs: 10_000 }
const longestError = 500

/**
 * Changes the capacity through Azure's resource manager and waits until it is in force. Everything else of the
 * deployment stays. Answers null, or why it failed, with Azure's own code and message; never throws.
 */
export async function applyCapacity(order: CapacityOrder): Promise<string | null> {
  const timeout = AbortSignal.timeout(longestMs)
  const signal = AbortSignal.any([order.signal, timeout])
  const heard: Heard = { error: null }
  try {
    return await change({ ...order, signal }, heard)
  } catch (error) {
    if (order.signal.aborted) return unknownOutcome('This instance stopped while Azure was at work')
    if (timeout.aborted) return unknownOutcome(`Azure was not done within ${longestMs / 60_000} minutes`)
    return describeError(error, heard)
  }
}

/** The last error that Azure sent in a body: the SDK keeps only a sentence of a failed operation's. */
interface Heard {
  error: { code: string; message: string } | null
}

async function change(order: CapacityOrder, heard: Heard): Promise<string | null> {
  const { resourceManager, deployment, signal, toUnits } = order
  const { resourceGroup, account } = resourceManager
  const { deployments } = await openClient(order)
  const present = await deployments.get(resourceGroup, account, deployment, { abortSignal: signal })
  const refusal = refuse(order, present)
  if (refusal !== null || present.sku?.capacity === toUnits) return refusal
  const poller = await deployments.beginCreateOrUpdate(
    resourceGroup,
    account,
    deployment,
    resized(present, toUnits),
    {
      abortSignal: signal,
      updateIntervalInMs: order.pollEveryMs ?? 2_000,
      onResponse: ({ parsedBody }) => {
        heard.error = errorOf(parsedBody) ?? heard.error
      },
    },
  )
  // Unlike the SDK's own wait, this one ends at once when the signal fires.
  await poller.pollUntilDone({ abortSignal: signal })
  return null
}

/** Loaded when it is needed: most processes never change a capacity. */
async function openClient({
  resourceManager,
  credential,
}: CapacityOrder): Promise<CognitiveServicesManagementClient> {
  const { CognitiveServicesManagementClient } = await import('@azure/arm-cognitiveservices')
  const { subscriptionId, endpoint } = resourceManager
  return new CognitiveServicesManagementClient(credential, subscriptionId, { endpoint, retryOptions })
}

function refuse({ unit, fromUnits, toUnits }: CapacityOrder, { sku }: AzureDeployment): string | null {
  if (sku?.capacity === undefined) return 'NoCapacity: the deployment has no sku.capacity in Azure to change.'
  const azureUnit = /provisioned/i.test(sku.name) ? 'PTU' : 'kTPM'
  if (azureUnit !== unit)
    return `CapacityDiffers: the deployment's SKU in Azure is ${sku.name}, counted in ${azureUnit}; the catalog counts in ${unit}.`
  if (sku.capacity === fromUnits || sku.capacity === toUnits) return null
  return `CapacityDiffers: Azure has ${sku.capacity} ${unit}, not ${fromUnits} as known here; correct the catalog, then decide again.`
}

/** All that may be written, without what Azure derives from the capacity itself. */
function resized({ sku, tags, properties }: AzureDeployment, capacity: number): AzureDeployment {
  const {
    provisioningState: _state,
    scaleSettings: _scale,
    currentCapacity: _current,
    callRateLimit: _limit,
    rateLimits: _limits,
    capabilities: _capabilities,
    dynamicThrottlingEnabled: _throttling,
    ...kept
  } = properties ?? {}
  return { sku: { ...sku, name: sku?.name ?? '', capacity }, tags, properties: kept }
}

function unknownOutcome(why: string): string {
  return `${why}: the outcome is unknown, check the deployment in Azure.`
}

function describeError(error: unknown, heard: Heard): string {
  const own = error instanceof Error ? error : new Error(String(error))
  const code = heard.error?.code ?? ('code' in own && typeof own.code === 'string' ? own.code : own.name)
  const message = heard.error?.message ?? own.message
  return redactText(`${code}: ${message.split('\n')[0]}`).slice(0, longestError)
}

function errorOf(body: unknown): Heard['error'] {
  const error = fieldOf(body, 'error')
  const [code, message] = [fieldOf(error, 'code'), fieldOf(error, 'message')]
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : null
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined
}
