import type { ChatRequestBody, EmbeddingsRequestBody } from '#lib/contracts/openai'
import type { FailureEvidence } from '#lib/gateway/failure'
import type { FinishReason, Usage } from '#lib/gateway/usage'

export type ProviderName = 'azure-openai' | 'openai' | 'anthropic'

/** A deployment as an adapter needs it: where it is and what it is called there. */
export interface ProviderTarget {
  /** Catalog id, e.g. `we-premium`. */
  id: string
  provider: ProviderName
  /** Base address without a trailing slash, e.g. `https://example.openai.azure.com` or `https://api.openai.com/v1`. */
  endpoint: string
  /** Azure deployment name, or the model name at OpenAI and Anthropic. */
  deployment: string
  /** Model family as in the price book, e.g. `gpt-4-turbo`. */
  model: string
}

/** Bounds of one attempt in milliseconds; `null` switches a timer off. */
export interface AttemptTimers {
  connectMs: number
  /** Silence before response headers when streaming; the whole answer otherwise. */
  attemptMs: number
  /** From the start of the attempt to the first content token (streams only). */
  firstTokenMs: number | null
  /** Silence between chunks after the first content token (streams only). */
  idleMs: number | null
}

export interface ProviderCall<Body> {
  target: ProviderTarget
  /** In OpenAI's dialect. The adapter sets `model`, `stream` and `stream_options`; the rest passes through. */
  body: Body
  timers: AttemptTimers
  /** Aborts the attempt down to the socket: caller gone, deadline or total time over. */
  signal: AbortSignal
  requestId: string
  traceparent: string
}

/** What the provider said about its limits, from response headers; `null` where it said nothing. */
export interface ProviderLimits {
  remainingTokens: number | null
  remainingRequests: number | null
  limitTokens: number | null
  limitRequests: number | null
  /** PTU utilisation 0–1 and above, from `azure-openai-deployment-utilization`. */
  utilization: number | null
  /** How long a deployment that is used up (utilisation of 1 and above) asks to be left alone; milliseconds. */
  retryAfterMs: number | null
  /** The provider's own request id, for its support. */
  providerRequestId: string | null
}

/** Of an answer that no provider gave. */
export const noProviderLimits: Readonly<ProviderLimits> = {
  remainingTokens: null,
  remainingRequests: null,
  limitTokens: null,
  limitRequests: null,
  utilization: null,
  retryAfterMs: null,
  providerRequestId: null,
}

export interface ChatAnswer {
  kind: 'answer'
  /** The answer as JSON text in OpenAI's dialect; unchanged bytes where the provider speaks it. */
  text: string
  /** Concatenated content of the choices, for estimates where `usage` is null. */
  content: string
  usage: Usage | null
  finishReason: FinishReason | null
  limits: ProviderLimits
}

/** One `data:` event of a chat stream in OpenAI's dialect. */
export interface ChatFrame {
  /** JSON text of the event, without `data: ` and without newline. */
  data: string
  /** Does the frame carry answer content (text, refusal or a tool call part)? */
  content: boolean
  /** The text it adds, for estimates; tool-call arguments included. */
  text: string
  finishReason: FinishReason | null
  usage: Usage | null
  /** A frame whose only purpose is usage (`choices: []`): dropped when the caller did not ask for it. */
  usageOnly: boolean
}

export interface ChatStream {
  kind: 'stream'
  limits: ProviderLimits
  /**
   * Ends normally only after a finish reason was seen; otherwise throws a `ProviderError`
   * (`cut_stream`, `timeout`, `stream_error`, `malformed`, `cancelled`). Malformed events are skipped when the stream otherwise
   * completes. Returning early (break) cancels the upstream call.
   */
  frames: AsyncIterable<ChatFrame>
}

export interface EmbeddingsAnswer {
  /** JSON text in OpenAI's dialect, in the encoding the caller asked for. */
  text: string
  usage: Usage | null
  limits: ProviderLimits
}

/** One AI provider behind one dialect. Calls never retry: the gateway owns the only retry loop. */
export interface Provider {
  name: ProviderName
  /** @throws ProviderError with the evidence of the failure. */
  chat(call: ProviderCall<ChatRequestBody>): Promise<ChatAnswer>
  /** Resolves when response headers are there. @throws ProviderError */
  chatStream(call: ProviderCall<ChatRequestBody>): Promise<ChatStream>
  /** @throws ProviderError; Anthropic has no embeddings and throws `refused`. */
  embed(call: ProviderCall<EmbeddingsRequestBody>): Promise<EmbeddingsAnswer>
  /** Closes sockets. */
  close(): Promise<void>
}

const brand = Symbol.for('huntaze.ProviderError')

/** Thrown by adapters; recognised by brand because Next loads modules more than once. */
export class ProviderError extends Error {
  readonly [brand] = true
  readonly evidence: FailureEvidence

  constructor(evidence: FailureEvidence, options?: ErrorOptions) {
    super(describeEvidence(evidence), options)
    this.name = 'ProviderError'
    this.evidence = evidence
  }

  static is(value: unknown): value is ProviderError {
    return typeof value === 'object' && value !== null && brand in value
  }
}

function describeEvidence(evidence: FailureEvidence): string {
  switch (evidence.kind) {
    case 'http':
      return `provider answered ${evidence.status}`
    case 'timeout':
      return `${evidence.timer} timer ran out after ${evidence.afterMs} ms`
    case 'stream_error':
      return `provider ended the stream with an error: ${evidence.error.message}`
    case 'cancelled':
      return 'cancelled'
    default:
      return `${evidence.kind}: ${evidence.message}`
  }
}
