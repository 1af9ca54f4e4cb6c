import { DefaultAzureCredential } from '@azure/identity'
import type { BuiltInEndpoints } from '#lib/deployments/built-in-catalog'
import type { Deployment } from '#lib/deployments/catalog'
import type { Env } from '#server/config/env'
import { createAnthropicClient } from '#server/gateway/providers/anthropic-client'
import { type AzureCredential, createAzureOpenAIClient } from '#server/gateway/providers/azure-openai-client'
import { createBearerTokenSource } from '#server/gateway/providers/bearer-token-source'
import { createTransport, type Transport } from '#server/gateway/providers/http-transport'
import { createOpenAIClient } from '#server/gateway/providers/openai-client'
import type { Provider, ProviderName } from '#server/gateway/providers/provider'
import type { Simulator } from '#server/simulator/start-simulator'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'

/** Which providers are real, as the environment says. */
export interface ConfiguredProviders {
  'azure-openai': boolean
  openai: boolean
  anthropic: boolean
}

/** A catalog file names its own endpoints, so with it Azure is configured. A local OpenAI-compatible server needs no key. */
export function configuredProviders(env: Env): ConfiguredProviders {
  return {
    'azure-openai': env.AZURE_OPENAI_ENDPOINT !== undefined || env.HUNTAZE_CATALOG !== undefined,
    openai: env.OPENAI_API_KEY !== undefined || env.OPENAI_BASE_URL !== undefined,
    anthropic: env.ANTHROPIC_API_KEY !== undefined,
  }
}

const labels: Readonly<Record<ProviderName, string>> = {
  'azure-openai': 'Azure OpenAI',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
}

/** The providers that the simulator stands in for. */
export function simulatedProviders(env: Env): ReadonlySet<ProviderName> {
  const configured = configuredProviders(env)
  const names: readonly ProviderName[] = ['azure-openai', 'openai', 'anthropic']
  return new Set(names.filter((name) => !configured[name]))
}

/** What the simulator stands in for, in words for the console and the log. */
export function simulatedLabels(configured: ConfiguredProviders): string[] {
  const names: readonly ProviderName[] = ['azure-openai', 'openai', 'anthropic']
  return names.filter((name) => !configured[name]).map((name) => labels[name])
}

/** Endpoints of the built-in catalog: the configured ones, the simulator's in place of the rest. */
export function builtInEndpoints(env: Env, simulatorUrl: string | null): BuiltInEndpoints {
  const simulated = simulatorUrl ?? ''
  const configured = configuredProviders(env)
  const azure = env.AZURE_OPENAI_ENDPOINT
  return {
    primary: azure ?? `${simulated}/regions/westeurope`,
    dr: env.AZURE_OPENAI_DR_ENDPOINT ?? azure ?? `${simulated}/regions/northeurope`,
    openai: configured.openai ? (env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1') : `${simulated}/v1`,
    anthropic: configured.anthropic ? (env.ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com') : simulated,
  }
}

export interface Providers {
  of(deployment: Deployment): Provider
  close(): Promise<void>
}

export interface ProvidersOptions {
  env: Env
  simulator: Simulator | null
  clock: Clock
  log: Log
}

const connectTimeoutMs = 5_000
const simulatedKey = 'simulated'

/** Opens the three adapters over one pool of sockets. */
export function openProviders(options: ProvidersOptions): Providers {
  const { env, clock, log } = options
  const configured = configuredProviders(env)
  const transport = createTransport({ connectTimeoutMs })
  const providers: Record<ProviderName, Provider> = {
    'azure-openai': createAzureOpenAIClient({
      credential: configured['azure-openai'] ? azureCredential(options) : { kind: 'key', key: simulatedKey },
      apiVersion: env.AZURE_OPENAI_API_VERSION,
      transport,
    }),
    openai: createOpenAIClient({ apiKey: env.OPENAI_API_KEY ?? simulatedKey, transport }),
    anthropic: createAnthropicClient({
      apiKey: env.ANTHROPIC_API_KEY ?? simulatedKey,
      transport,
      now: clock.nowMs,
      onNotes: (requestId, notes) => log.debug({ requestId, notes }, 'translated for Anthropic'),
    }),
  }
  return { of: (deployment) => providers[deployment.provider], close: () => closeAll(providers, transport) }
}

async function closeAll(
  providers: Readonly<Record<ProviderName, Provider>>,
  transport: Transport,
): Promise<void> {
  await Promise.all(Object.values(providers).map((provider) => provider.close()))
  await transport.close()
}

function azureCredential({ env, clock, log }: ProvidersOptions): AzureCredential {
  if (env.AZURE_OPENAI_API_KEY !== undefined) return { kind: 'key', key: env.AZURE_OPENAI_API_KEY }
  const source = createBearerTokenSource({
    credential: new DefaultAzureCredential(),
    now: clock.nowMs,
    onRenewalFailure: (error) =>
      log.warn({ reason: error.message }, 'renewing the Azure token failed; the old one is still good'),
  })
  return { kind: 'token', source }
}
