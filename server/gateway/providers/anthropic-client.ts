import type { ChatRequestBody } from '#lib/contracts/openai'
import { parseJson } from '#lib/gateway/json-fields'
import { translateAnthropicAnswer } from '#lib/gateway/translate-anthropic-answer'
import { type AnthropicVersion, translateAnthropicRequest } from '#lib/gateway/translate-anthropic-request'
import { createAnthropicFrameParser } from '#server/gateway/providers/anthropic-chat-frames'
import { checkTarget } from '#server/gateway/providers/endpoint-rules'
import type { HttpPost, Transport } from '#server/gateway/providers/http-transport'
import { type Provider, type ProviderCall, ProviderError } from '#server/gateway/providers/provider'
import { readFrames } from '#server/gateway/providers/read-frames'
import { readProviderLimits } from '#server/gateway/providers/read-provider-limits'
import { requireEventStream } from '#server/gateway/providers/require-event-stream'
import { scrubbing } from '#server/gateway/providers/scrub-secrets'

export interface AnthropicOptions {
  apiKey: string
  transport: Transport
  /** Milliseconds since 1970; answers carry it as `created`, which Anthropic does not give. */
  now: () => number
  /** 2026-10-21 unless told: it refuses sampling parameters, so `temperature` and `top_p` are dropped with it. */
  version?: AnthropicVersion
  /** Hears what a request lost in translation. */
  onNotes?: (requestId: string, notes: readonly string[]) => void
}

/** Anthropic's Messages API behind OpenAI's dialect; it has no embeddings. */
export type AnthropicClient = Provider & { name: 'anthropic' }

/** Makes the Anthropic adapter; endpoints go without version (`https://api.anthropic.com`). */
export function createAnthropicClient(options: AnthropicOptions): AnthropicClient {
  const { apiKey, transport, now, version = '2026-10-21' } = options
  const secrets = [apiKey]

  function prepare(call: ProviderCall<ChatRequestBody>, stream: boolean): HttpPost {
    const { origin, basePath } = checkTarget(call.target.endpoint)
    const translation = translateAnthropicRequest({
      body: call.body,
      model: call.target.deployment,
      stream,
      version,
    })
    if (translation.kind === 'refused') throw new ProviderError(translation)
    if (translation.notes.length > 0) options.onNotes?.(call.requestId, translation.notes)
    const { timers, signal } = call
    const headers = requestHeaders({ apiKey, version, call })
    return {
      origin,
      path: `${basePath}/v1/messages`,
      headers,
      body: JSON.stringify(translation.request),
      timers,
      signal,
    }
  }

  return {
    name: 'anthropic',
    async chat(call) {
      const { headers, text } = await scrubbing(secrets, () => transport.post(prepare(call, false)))
      const answer = translateAnthropicAnswer(parseJson(text), seconds(now()))
      if (answer === null) throw new ProviderError({ kind: 'malformed', message: 'the answer is no message' })
      return { kind: 'answer', ...answer, limits: readProviderLimits(headers) }
    },
    async chatStream(call) {
      const stream = await scrubbing(secrets, () => transport.stream(prepare(call, true)))
      requireEventStream(stream)
      const frames = readFrames({ stream, parser: createAnthropicFrameParser(seconds(now())), secrets })
      return { kind: 'stream', limits: readProviderLimits(stream.headers), frames }
    },
    async embed() {
      throw new ProviderError({ kind: 'refused', message: 'Anthropic has no embeddings.' })
    },
    close: () => transport.close(),
  }
}

interface HeadersInput {
  apiKey: string
  version: AnthropicVersion
  call: ProviderCall<unknown>
}

/** Version 2026-10-21 came with Bearer keys; the older one knows `x-api-key`. */
function requestHeaders({ apiKey, version, call }: HeadersInput): string[] {
  const key = version === '2023-06-01' ? ['x-api-key', apiKey] : ['authorization', `Bearer ${apiKey}`]
  const trace = ['x-client-request-id', call.requestId, 'traceparent', call.traceparent]
  return ['content-type', 'application/json', 'anthropic-version', version, ...key, ...trace]
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
