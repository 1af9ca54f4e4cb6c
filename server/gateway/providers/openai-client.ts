import { bearer } from '#server/gateway/providers/authorization'
import { checkTarget } from '#server/gateway/providers/endpoint-rules'
import type { Transport } from '#server/gateway/providers/http-transport'
import {
  type Address,
  createOpenAIDialectProvider,
  type Operation,
} from '#server/gateway/providers/openai-dialect-provider'
import type { Provider, ProviderTarget } from '#server/gateway/providers/provider'

export interface OpenAIOptions {
  apiKey: string
  transport: Transport
}

/** OpenAI's API, or any server that speaks it; endpoints include the version (`https://api.openai.com/v1`). */
export type OpenAIClient = Provider & { name: 'openai' }

/** Makes the OpenAI adapter. Streams are always asked for usage. */
export function createOpenAIClient({ apiKey, transport }: OpenAIOptions): OpenAIClient {
  const authorization = bearer(apiKey)

  function address({ endpoint }: ProviderTarget, operation: Operation): Address {
    const { origin, basePath } = checkTarget(endpoint)
    return { origin, path: `${basePath}/${operation}` }
  }

  const provider = createOpenAIDialectProvider({
    name: 'openai',
    transport,
    address,
    authorize: () => authorization,
    headers: ({ requestId, traceparent }) => ['x-client-request-id', requestId, 'traceparent', traceparent],
  })
  return { ...provider, name: 'openai' }
}
