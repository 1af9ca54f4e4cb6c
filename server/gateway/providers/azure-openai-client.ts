import { type Authorization, bearer } from '#server/gateway/providers/authorization'
import type { BearerTokenSource } from '#server/gateway/providers/bearer-token-source'
import { checkTarget } from '#server/gateway/providers/endpoint-rules'
import type { Transport } from '#server/gateway/providers/http-transport'
import {
  type Address,
  createOpenAIDialectProvider,
  type Operation,
} from '#server/gateway/providers/openai-dialect-provider'
import type { Provider, ProviderTarget } from '#server/gateway/providers/provider'

/** A resource's key, or tokens of a managed identity. */
export type AzureCredential = { kind: 'key'; key: string } | { kind: 'token'; source: BearerTokenSource }

export interface AzureOpenAIOptions {
  credential: AzureCredential
  /** A dated version, e.g. `2024-10-21`. */
  apiVersion: string
  transport: Transport
}

/** Azure OpenAI's deployment-scoped API for any number of resources. */
export type AzureOpenAIClient = Provider & { name: 'azure-openai' }

/**
 * Makes the Azure adapter. With a token credential no key header ever goes out. Streams are always asked for usage.
 * Source: Azure OpenAI data-plane reference, `/openai/deployments/{deployment}/…?api-version=`.
 */
export function createAzureOpenAIClient({
  credential,
  apiVersion,
  transport,
}: AzureOpenAIOptions): AzureOpenAIClient {
  const query = `?api-version=${encodeURIComponent(apiVersion)}`

  function address({ endpoint, deployment }: ProviderTarget, operation: Operation): Address {
    const { origin, basePath } = checkTarget(endpoint)
    return {
      origin,
      path: `${basePath}/openai/deployments/${encodeURIComponent(deployment)}/${operation}${query}`,
    }
  }

  const provider = createOpenAIDialectProvider({
    name: 'azure-openai',
    transport,
    address,
    authorize: authorizer(credential),
    headers: ({ requestId, traceparent }) => [
      'x-ms-client-request-id',
      requestId,
      'traceparent',
      traceparent,
    ],
  })
  return { ...provider, name: 'azure-openai' }
}

function authorizer(credential: AzureCredential): () => Authorization | Promise<Authorization> {
  if (credential.kind === 'key') {
    const authorization = { header: 'api-key', value: credential.key, secret: credential.key }
    return () => authorization
  }
  const { source } = credential
  return () => {
    const token = source.get()
    return typeof token === 'string' ? bearer(token) : token.then(bearer)
  }
}
