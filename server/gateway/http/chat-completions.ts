import { type ChatRequestBody, chatRequestBody } from '#lib/contracts/openai'
import { trialBody } from '#lib/experiments/trial-body'
import { type CacheMode, readCacheMode } from '#lib/gateway/cacheable-request'
import { askedOutputLimit, choicesOf } from '#lib/gateway/provider-body'
import { readStreamMode, type StreamMode, streamMode } from '#lib/gateway/stream-mode'
import { findBadImage } from '#lib/gateway/vision-parts'
import { usedFeatures } from '#lib/traffic/used-features'
import { answerChat } from '#server/gateway/answer-chat'
import { estimateChatUsage } from '#server/gateway/estimate-usage'
import type { GatewayRun } from '#server/gateway/gateway-run'
import { answerHeaders, routeHeaders } from '#server/gateway/http/answer-headers'
import { type DataPlaneCall, dataPlaneRoute } from '#server/gateway/http/data-plane-route'
import { heldResponse } from '#server/gateway/http/held-response'
import { startDataPlaneRun } from '#server/gateway/http/start-data-plane-run'
import { openChatStream } from '#server/gateway/open-chat-stream'
import { noProviderLimits } from '#server/gateway/providers/provider'
import { relayChatStream, repeatStream } from '#server/gateway/relay-chat-stream'
import { withRun } from '#server/gateway/run-failure'
import { AppError } from '#server/http/app-error'
import { parseWith } from '#server/http/parse-with'
import { readJsonBody } from '#server/http/read-json-body'
import { textStream } from '#server/http/text-stream'

/**
 * `POST /api/v1/chat/completions` and Azure's `…/openai/deployments/{deployment}/chat/completions`, where the name in the
 * URL wins over `body.model`.
 */
export const chatCompletions = dataPlaneRoute('chat', async (call) => {
  const { value } = await readJsonBody(call.request, call.container.bodyLimitBytes)
  return answerChatCall(call, withUrlModel(value, call.params.deployment))
})

/** The same for a caller who is already known (the console's playground). */
export async function answerChatCall(call: DataPlaneCall, value: unknown): Promise<Response> {
  const body = parseWith(chatRequestBody, value)
  const badImage = findBadImage(body.messages)
  if (badImage) throw new AppError('invalid_request', badImage)
  const stream = body.stream === true
  const askedMode = requireStreamMode(call.request.headers.get('x-huntaze-stream'))
  const cacheMode = requireCacheMode(call.request.headers.get('x-huntaze-cache'))
  const run = await startDataPlaneRun(call, {
    cacheMode,
    route: {
      kind: 'chat',
      model: body.model,
      stream,
      maxOutputTokens: askedOutputLimit(body),
      temperature: body.temperature ?? null,
    },
    metadata: body.metadata,
    features: usedFeatures(body),
    promptText: ({ trials }) => JSON.stringify(trialBody(body, trials).messages),
    estimate: {
      kind: 'chat',
      promptUsage: (counter, { model, plan }) =>
        estimateChatUsage(counter, { body: trialBody(body, plan.trials), text: '', model }),
      choices: choicesOf(body),
    },
  })
  const tried = trialBody(body, run.plan.trials)
  if (!stream) return withRun(run, () => answerResponse(run, tried))
  const mode = streamMode(askedMode, call.principal.streamMode, run.plan.policy.stream)
  return mode === 'complete' ? heldResponse(run, tried) : withRun(run, () => streamResponse(run, tried))
}

function requireStreamMode(header: string | null): StreamMode | null {
  const mode = readStreamMode(header)
  if (mode !== 'unknown') return mode
  throw new AppError('invalid_request', {
    message: 'The header x-huntaze-stream must be "progressive" or "complete".',
    param: 'x-huntaze-stream',
  })
}

function requireCacheMode(header: string | null): CacheMode | null {
  const mode = readCacheMode(header)
  if (mode !== 'unknown') return mode
  throw new AppError('invalid_request', {
    message: 'The header x-huntaze-cache must be "bypass" or "refresh".',
    param: 'x-huntaze-cache',
  })
}

async function answerResponse(run: GatewayRun, body: ChatRequestBody): Promise<Response> {
  const answer = await answerChat(run, body)
  return new Response(answer.text, { headers: answerHeaders(run, answer.limits) })
}

async function streamResponse(run: GatewayRun, body: ChatRequestBody): Promise<Response> {
  const asked = await openChatStream(run, body)
  const repeated = asked.kind === 'repeated'
  const headers = {
    ...routeHeaders(run, repeated ? noProviderLimits : asked.answer.limits),
    'x-huntaze-attempts': String(run.attempts.length + (repeated ? 0 : 1)),
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  }
  const texts = repeated ? repeatStream(run, body, asked.answer) : relayChatStream(run, body, asked)
  return new Response(textStream(texts), { headers })
}

/** The deployment of an Azure-shaped URL in place of whatever the body says. */
export function withUrlModel(value: unknown, deployment: string | undefined): unknown {
  if (deployment === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return value
  return { ...value, model: deployment }
}
