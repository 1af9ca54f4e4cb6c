import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { parseUsd } from '#lib/costs/parse-usd'
import { joinChunks } from '#lib/gateway/join-chunks'
import { asItems, asRecord, asText, parseJson } from '#lib/gateway/json-fields'
import { foreignMetadata } from '#lib/gateway/request-tags'
import { createSseReader } from '#server/gateway/providers/sse-reader'

/** A running instance, asked through its public API. */
export interface ReplayTarget {
  url: string
  key: string
  timeoutMs: number
}

/** A whole answer with its figures, or the code of what went wrong. */
export interface ReplayedAnswer {
  /** Body of a chat answer in OpenAI's dialect; null for an error. */
  answer: unknown
  errorCode: string | null
  latencyMs: number | null
  firstTokenMs: number | null
  costPicoUsd: bigint | null
}

/** Under which the replay stands in the ledger. */
export const replayOperation = 'validate_migration'

const mostWaits = 5
const longestWaitMs = 30_000

/**
 * Asks one deployment one request, past the answer cache, and reads the answer to its end. The request streams unless it
 * says `"stream": false`, wants several choices or uses the old function calls. A limit of the account is waited for, which
 * counts as no time; every other failure is the side's own.
 * @throws Error when the replay itself is refused: the key, the model's name, a budget that is used up.
 */
export async function replayRequest(
  target: ReplayTarget,
  request: ChatRequestBody,
  model: string,
): Promise<ReplayedAnswer> {
  const isStreamed = request.stream !== false && (request.n ?? 1) === 1 && !asItems(request.functions).length
  const { metadata, stream: _stream, stream_options: _options, ...rest } = request
  const foreign = foreignMetadata(metadata)
  const body = JSON.stringify({
    ...rest,
    model,
    ...(foreign ? { metadata: foreign } : {}),
    ...(isStreamed ? { stream: true, stream_options: { include_usage: true } } : {}),
  })
  for (let waits = 0; ; waits += 1) {
    const startedMs = performance.now()
    const response = await post(target, '/api/v1/chat/completions', body).catch(toError)
    if (response instanceof Error) return failed(response.message)
    if (response.ok)
      return (isStreamed ? readStream : readWhole)(response, startedMs).catch((thrown) =>
        failed(toError(thrown).message),
      )
    const { code, message } = readError(await response.text().catch(() => ''), response.status)
    if (isOurOwn(response.status, code)) throw new Error(`${model}: ${message}`)
    if (code !== 'rate_limit_exceeded' || waits === mostWaits) return failed(code)
    await pause(Math.min(longestWaitMs, 1_000 * (Number(response.headers.get('retry-after')) || 1)))
  }
}

/** The replay is refused, not the request: the other requests would fare no better. */
function isOurOwn(status: number, code: string): boolean {
  return status === 401 || status === 403 || status === 404 || code === 'insufficient_quota'
}

/** An error whose message is the code under which it is counted. */
function toError(thrown: unknown): Error {
  return new Error(thrown instanceof Error && thrown.name === 'TimeoutError' ? 'timeout' : 'connection')
}

/** Posts JSON text with the key, bounded in time over the whole answer. */
export function post({ url, key, timeoutMs }: ReplayTarget, path: string, body: string): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-huntaze-cache': 'bypass',
      'x-huntaze-operation': replayOperation,
    },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  })
}

async function readWhole(response: Response, startedMs: number): Promise<ReplayedAnswer> {
  const answer = parseJson(await response.text())
  return {
    answer: answer ?? null,
    errorCode: answer === undefined ? 'malformed' : null,
    latencyMs: performance.now() - startedMs,
    firstTokenMs: null,
    costPicoUsd: picoOf(response.headers.get('x-huntaze-cost-usd')),
  }
}

async function readStream(response: Response, startedMs: number): Promise<ReplayedAnswer> {
  const reader = createSseReader()
  const events: string[] = []
  let firstTokenMs: number | null = null
  const take = (data: string) => {
    if (saysSomething(data)) firstTokenMs ??= performance.now() - startedMs
    events.push(data)
  }
  for await (const chunk of response.body ?? []) for (const { data } of reader.push(chunk)) take(data)
  for (const { data } of reader.end()) take(data)
  const latencyMs = performance.now() - startedMs
  const error = events.find((event) => asRecord(asRecord(parseJson(event))?.error))
  if (error !== undefined) return failed(readError(error, 500).code)
  if (events.at(-1) !== '[DONE]') return failed('stream_interrupted')
  const whole = joinChunks(events.slice(0, -1))
  if (whole === null) return failed('malformed')
  return { answer: parseJson(whole), errorCode: null, latencyMs, firstTokenMs, costPicoUsd: costIn(events) }
}

function saysSomething(data: string): boolean {
  return asItems(asRecord(parseJson(data))?.choices).some((choice) => {
    const delta = asRecord(asRecord(choice)?.delta)
    return asText(delta?.content) + asText(delta?.refusal) !== '' || asItems(delta?.tool_calls).length > 0
  })
}

/** The number's own digits: a float would not hold them all. */
function costIn(events: readonly string[]): bigint | null {
  for (const event of events.toReversed()) {
    const found = /"costUsd":(\d+(?:\.\d{1,12})?)[,}]/.exec(event)
    if (found && asRecord(asRecord(parseJson(event))?.huntaze)) return picoOf(found[1] ?? null)
  }
  return null
}

function picoOf(text: string | null): bigint | null {
  return text !== null && /^\d+(\.\d{1,12})?$/.test(text) ? parseUsd(text, 12) : null
}

function readError(text: string, status: number): { code: string; message: string } {
  const error = asRecord(asRecord(parseJson(text))?.error)
  const code = asText(error?.code) || asText(error?.type) || `http_${status}`
  return { code, message: asText(error?.message) || code }
}

function failed(errorCode: string): ReplayedAnswer {
  return { answer: null, errorCode, latencyMs: null, firstTokenMs: null, costPicoUsd: null }
}
