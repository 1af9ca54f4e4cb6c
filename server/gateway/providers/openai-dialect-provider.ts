import type { ChatRequestBody, EmbeddingsRequestBody } from '#lib/contracts/openai'
import { asRecord, parseJson } from '#lib/gateway/json-fields'
import { readChatAnswer } from '#lib/gateway/read-chat-answer'
import { readUsage } from '#lib/gateway/read-usage'
import { type Authorization, authorizeWithin } from '#server/gateway/providers/authorization'
import type { HttpAnswer, HttpPost, Transport } from '#server/gateway/providers/http-transport'
import { createOpenAIFrameParser } from '#server/gateway/providers/openai-chat-frames'
import {
  type ChatAnswer,
  type EmbeddingsAnswer,
  type Provider,
  type ProviderCall,
  ProviderError,
  type ProviderName,
  type ProviderTarget,
} from '#server/gateway/providers/provider'
import { readFrames } from '#server/gateway/providers/read-frames'
import { readProviderLimits } from '#server/gateway/providers/read-provider-limits'
import { requireEventStream } from '#server/gateway/providers/require-event-stream'
import { scrubbing } from '#server/gateway/providers/scrub-secrets'

export type Operation = 'chat/completions' | 'embeddings'

/** Where one operation of one target is asked. */
export interface Address {
  origin: string
  path: string
}

export interface OpenAIDialectOptions {
  name: ProviderName
  transport: Transport
  /** @throws ProviderError `refused` when the endpoint breaks the rules */
  address(target: ProviderTarget, operation: Operation): Address
  /** Synchronous where the credential is at hand. @throws ProviderError `credentials` */
  authorize(): Authorization | Promise<Authorization>
  /** Further headers, names and values in turn. */
  headers(call: ProviderCall<unknown>): string[]
}

interface Prepared {
  post: HttpPost
  secrets: readonly string[]
}

/**
 * A provider that speaks OpenAI's chat and embeddings dialect; what differs between them is in the options. Closing it
 * closes the transport it was given.
 */
export function createOpenAIDialectProvider(options: OpenAIDialectOptions): Provider {
  const { name, transport } = options

  async function prepare(call: ProviderCall<unknown>, operation: Operation, body: object): Promise<Prepared> {
    const { origin, path } = options.address(call.target, operation)
    const pending = options.authorize()
    const { header, value, secret } =
      pending instanceof Promise ? await authorizeWithin(pending, call.signal) : pending
    const headers = ['content-type', 'application/json', header, value, ...options.headers(call)]
    const { timers, signal } = call
    return { post: { origin, path, headers, body: JSON.stringify(body), timers, signal }, secrets: [secret] }
  }

  function ask({ post, secrets }: Prepared): Promise<HttpAnswer> {
    return scrubbing(secrets, () => transport.post(post))
  }

  return {
    name,
    async chat(call) {
      return readAnswer(await ask(await prepare(call, 'chat/completions', wholeBody(call))))
    },
    async chatStream(call) {
      const prepared = await prepare(call, 'chat/completions', streamBody(call))
      const stream = await scrubbing(prepared.secrets, () => transport.stream(prepared.post))
      requireEventStream(stream)
      const parser = createOpenAIFrameParser(call.body.n ?? 1)
      const frames = readFrames({ stream, parser, secrets: prepared.secrets })
      return { kind: 'stream', limits: readProviderLimits(stream.headers), frames }
    },
    async embed(call) {
      return readEmbeddings(await ask(await prepare(call, 'embeddings', embeddingsBody(call))))
    },
    close: () => transport.close(),
  }
}

function wholeBody({ body, target }: ProviderCall<ChatRequestBody>): object {
  const { stream: _stream, stream_options: _options, ...rest } = body
  return { ...rest, model: target.deployment }
}

function streamBody({ body, target }: ProviderCall<ChatRequestBody>): object {
  const stream_options = { ...body.stream_options, include_usage: true }
  return { ...body, model: target.deployment, stream: true, stream_options }
}

function embeddingsBody({ body, target }: ProviderCall<EmbeddingsRequestBody>): object {
  return { ...body, model: target.deployment }
}

function readAnswer({ headers, text }: HttpAnswer): ChatAnswer {
  const facts = readChatAnswer(parseJson(text))
  if (facts === null)
    throw new ProviderError({ kind: 'malformed', message: 'the answer is no chat completion' })
  return { kind: 'answer', text, ...facts, limits: readProviderLimits(headers) }
}

function readEmbeddings({ headers, text }: HttpAnswer): EmbeddingsAnswer {
  const answer = asRecord(parseJson(text))
  if (answer === null || !Array.isArray(answer.data)) {
    throw new ProviderError({ kind: 'malformed', message: 'the answer is no list of embeddings' })
  }
  return { text, usage: readUsage(answer.usage), limits: readProviderLimits(headers) }
}
