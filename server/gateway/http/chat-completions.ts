import { type ChatRequestBody, chatRequestBody } from '#lib/contracts/openai'
import { askedOutputLimit } from '#lib/gateway/provider-body'
import { findBadImage } from '#lib/gateway/vision-parts'
import { answerChat } from '#server/gateway/answer-chat'
import type { GatewayRun } from '#server/gateway/gateway-run'
import { answerHeaders, routeHeaders } from '#server/gateway/http/answer-headers'
import { type DataPlaneCall, dataPlaneRoute } from '#server/gateway/http/data-plane-route'
import { startDataPlaneRun } from '#server/gateway/http/start-data-plane-run'
import { openChatStream } from '#server/gateway/open-chat-stream'
import { relayChatStream } from '#server/gateway/relay-chat-stream'
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
  const run = startDataPlaneRun(call, {
    route: {
      kind: 'chat',
      model: body.model,
      stream,
      maxOutputTokens: askedOutputLimit(body),
      temperature: body.temperature ?? null,
    },
    metadata: body.metadata,
    promptText: () => JSON.stringify(body.messages),
  })
  return withRun(run, () => (stream ? streamResponse(run, body) : answerResponse(run, body)))
}

async function answerResponse(run: GatewayRun, body: ChatRequestBody): Promise<Response> {
  const answer = await answerChat(run, body)
  return new Response(answer.text, { headers: answerHeaders(run, answer.limits) })
}

async function streamResponse(run: GatewayRun, body: ChatRequestBody): Promise<Response> {
  const stream = await openChatStream(run, body)
  const headers = {
    ...routeHeaders(run, stream.limits),
    'x-huntaze-attempts': String(run.tried.length + 1),
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  }
  return new Response(textStream(relayChatStream(run, body, stream)), { headers })
}

/** The deployment of an Azure-shaped URL in place of whatever the body says. */
export function withUrlModel(value: unknown, deployment: string | undefined): unknown {
  if (deployment === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return value
  return { ...value, model: deployment }
}
