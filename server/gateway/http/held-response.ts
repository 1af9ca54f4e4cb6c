import type { ChatRequestBody } from '#lib/contracts/openai'
import { noUsage } from '#lib/gateway/usage'
import type { GatewayRun } from '#server/gateway/gateway-run'
import { type HeldStream, holdChatStream } from '#server/gateway/hold-chat-stream'
import { answerHeaders } from '#server/gateway/http/answer-headers'
import { noProviderLimits } from '#server/gateway/providers/provider'
import { withRun } from '#server/gateway/run-failure'
import { usageEvent } from '#server/gateway/stream-events'
import { openAiErrorBody, toAppError } from '#server/http/error-response'
import { textStream } from '#server/http/text-stream'
import { pause } from '#server/resilience/pause'

/** Silence that callers and the proxies before them bear; also how long an error can still be a status. */
const keepAliveMs = 2_000

/**
 * A held stream as a response. What ends within the first pause has its status and headers; after it the response begins
 * with `: keep-alive` comments, and an error is its last event.
 *
 * @throws AppError of a request that failed within the first pause.
 */
export async function heldResponse(run: GatewayRun, body: ChatRequestBody): Promise<Response> {
  const held = withRun(run, () => holdChatStream(run, body))
  held.catch(() => undefined)
  const early = await heldOrPause(held)
  const texts = early ? heldEvents(run, body, early) : keptAlive(run, body, held)
  const { 'x-huntaze-overhead-ms': _ms, ...headers } = answerHeaders(run, early?.limits ?? noProviderLimits)
  return new Response(textStream(texts), {
    headers: {
      ...(early ? headers : withoutAnswer(headers)),
      'x-huntaze-stream': 'complete',
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    },
  })
}

/** What is not known before the answer is whole rides in the usage event instead. */
function withoutAnswer(headers: Record<string, string>): Record<string, string> {
  const unknown = new Set([
    'x-huntaze-provider',
    'x-huntaze-deployment',
    'x-huntaze-region',
    'x-huntaze-attempts',
    'x-huntaze-cost-usd',
  ])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !unknown.has(name)))
}

async function heldOrPause(held: Promise<HeldStream>): Promise<HeldStream | null> {
  const over = new AbortController()
  try {
    return await Promise.race([held, pause(keepAliveMs, over.signal).then(() => null)])
  } finally {
    over.abort()
  }
}

async function* keptAlive(
  run: GatewayRun,
  body: ChatRequestBody,
  held: Promise<HeldStream>,
): AsyncGenerator<string> {
  let whole = false
  try {
    for (;;) {
      yield ': keep-alive\n\n'
      const early = await heldOrPause(held)
      if (!early) continue
      whole = true
      yield* heldEvents(run, body, early)
      return
    }
  } catch (thrown) {
    whole = true
    yield `data: ${JSON.stringify(openAiErrorBody(toAppError(thrown)))}\n\n`
  } finally {
    if (!whole) run.abort.abort('caller')
  }
}

async function* heldEvents(run: GatewayRun, body: ChatRequestBody, held: HeldStream): AsyncGenerator<string> {
  yield held.events.map((data) => `data: ${data}\n\n`).join('')
  if (body.stream_options?.include_usage) {
    yield usageEvent(held.usageFrame, held.usage ?? noUsage, {
      costPicoUsd: run.costPicoUsd,
      attempts: run.attempts.length,
      overheadMs: Math.max(0, run.parts.clock.monotonicMs() - run.context.startedMs - run.providerMs),
      deploymentId: run.last?.id ?? null,
    })
  }
  yield 'data: [DONE]\n\n'
}
