import { consoleAccount } from '#lib/access/console-account'
import { dataPlaneScopes } from '#lib/contracts/access'
import { planRoute, type RouteRequest } from '#lib/gateway/plan-route'
import { cosineOf } from '#lib/models/score-answer'
import type { ExampleMessages } from '#lib/models/training-example'
import { newId } from '#server/access/new-id'
import { answerChat } from '#server/gateway/answer-chat'
import { answerEmbeddings } from '#server/gateway/answer-embeddings'
import type { GatewayParts } from '#server/gateway/gateway-parts'
import { type GatewayRun, startRun } from '#server/gateway/gateway-run'
import { createRequestAbort } from '#server/gateway/request-abort'
import { routeSnapshot } from '#server/gateway/route-snapshot'
import { withRun } from '#server/gateway/run-failure'
import { AppError } from '#server/http/app-error'
import { traceContext } from '#server/http/request-id'

/** An answer of one deployment to one held-out question. */
export interface AskedAnswer {
  requestId: string
  text: string
  finishReason: string | null
  latencyMs: number
  costPicoUsd: bigint | null
}

export interface AskRequest {
  /** Catalog id of a deployment, or a tier. */
  model: string
  messages: ExampleMessages
  correlationId: string
  signal: AbortSignal
}

/** Cosine of two texts' embeddings, and what that cost (null = no price). */
export interface ComparedTexts {
  cosine: number
  costPicoUsd: bigint | null
}

/** Asks through the gateway, as an operation of the console's own account: in the ledger like everything else. */
export interface AskVersion {
  /** @throws AppError of the catalogue when nothing answered. */
  chat(request: AskRequest): Promise<AskedAnswer>
  /** @throws AppError as `chat` */
  compare(
    texts: readonly [string, string],
    request: Omit<AskRequest, 'model' | 'messages'>,
  ): Promise<ComparedTexts>
}

const maxOutputTokens = 600
const embeddingsModel = 'embeddings'

/** `operation`: under which its requests stand in the ledger. */
export function createAskVersion(parts: GatewayParts, operation = 'evaluation'): AskVersion {
  return {
    async chat({ model, messages, correlationId, signal }) {
      const run = begin(parts, { kind: 'chat', model, operation, correlationId, signal })
      const body = {
        model,
        messages: messages.map((message) => ({ ...message })),
        max_tokens: maxOutputTokens,
      }
      const answer = await withRun(run, () => answerChat(run, body))
      return {
        requestId: run.context.requestId,
        text: answer.content,
        finishReason: answer.finishReason,
        latencyMs: Math.round(parts.clock.monotonicMs() - run.context.startedMs),
        costPicoUsd: run.costPicoUsd,
      }
    },
    async compare(texts, { correlationId, signal }) {
      const model = parts.catalog().embeddings?.chain.flat()[0] ?? embeddingsModel
      const run = begin(parts, { kind: 'embeddings', model, operation, correlationId, signal })
      const body = { model, input: [...texts], encoding_format: 'float' as const }
      const answer = await withRun(run, () => answerEmbeddings(run, body))
      const [one, other] = readVectors(answer.text)
      return { cosine: cosineOf(one ?? [], other ?? []), costPicoUsd: run.costPicoUsd }
    },
  }
}

interface Beginning extends Pick<AskRequest, 'correlationId' | 'signal' | 'model'> {
  kind: RouteRequest['kind']
  operation: string
}

function begin(
  parts: GatewayParts,
  { kind, model, operation, correlationId, signal }: Beginning,
): GatewayRun {
  const requestId = newId('req')
  const nowMs = parts.clock.nowMs()
  const route = { kind, model, stream: false, temperature: null, region: null, session: null, requestId }
  const calm = { accountId: consoleAccount, creatorId: null, operation, switchId: null }
  const wanted = { ...route, ...calm, maxOutputTokens: kind === 'chat' ? maxOutputTokens : null }
  const decision = planRoute(wanted, routeSnapshot(parts, { streamed: false, nowMs }))
  if (!decision.ok) throw new AppError(decision.code, { message: decision.message })
  return startRun({
    parts,
    plan: decision.plan,
    kind,
    requestedModel: model,
    streamed: false,
    abort: createRequestAbort(signal),
    promptText: null,
    context: {
      requestId,
      correlationId,
      trace: traceContext(null),
      principal: {
        accountId: consoleAccount,
        plan: 'unlimited',
        keyId: operation,
        scopes: new Set(dataPlaneScopes),
        regions: [],
        streamMode: null,
      },
      tags: { creatorId: null, fanId: null, operation, sessionId: null, names: [] },
      startedAtMs: nowMs,
      startedMs: parts.clock.monotonicMs(),
      callerSignal: signal,
    },
  })
}

function readVectors(text: string): number[][] {
  const body: unknown = JSON.parse(text)
  const data: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'data') : null
  if (!Array.isArray(data)) return []
  return data.map((entry: unknown) => {
    const vector: unknown =
      typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'embedding') : null
    return Array.isArray(vector) ? vector.filter((value) => typeof value === 'number') : []
  })
}
