import { consoleAccount } from '#lib/access/console-account'
import { dataPlaneScopes } from '#lib/contracts/access'
import type { ChatRequestBody } from '#lib/contracts/openai'
import type { Catalog, Deployment } from '#lib/deployments/catalog'
import { joinChunks } from '#lib/gateway/join-chunks'
import { parseJson } from '#lib/gateway/json-fields'
import { choicesOf } from '#lib/gateway/provider-body'
import type { RoutePlan } from '#lib/gateway/route-plan'
import { noUsage } from '#lib/gateway/usage'
import type { TrafficChain, TrafficShare } from '#lib/traffic/traffic-config'
import { newId } from '#server/access/new-id'
import { answerChat } from '#server/gateway/answer-chat'
import type { GatewayParts } from '#server/gateway/gateway-parts'
import { type GatewayRun, startRun } from '#server/gateway/gateway-run'
import { holdChatStream } from '#server/gateway/hold-chat-stream'
import { priceUsage } from '#server/gateway/price-usage'
import { createRequestAbort } from '#server/gateway/request-abort'
import { withRun } from '#server/gateway/run-failure'
import { traceContext } from '#server/http/request-id'

/** Share of a deployment's limits and places that mirrors leave to real traffic. */
const leftToOthers = 0.2
const placesForMirrors = 0.5
/** Another model's tokenizer may make more tokens of the same prompt. */
const promptFactor = 2

/** The name under which mirrors, their embeddings and their judge stand in the ledger of the console's own account. */
export const shadowOperation = 'shadow'

/** The deployments of a share's candidate in their order. */
export function candidateChain(share: TrafficShare, catalog: Catalog): TrafficChain {
  return share.candidate ?? catalog.tiers.get(share.tier)?.chain ?? []
}

/**
 * The first deployment of the candidate that can take one more call without any real one noticing: serving plainly, its
 * breakers closed, half of its places and a fifth of its limits free. Null when there is none.
 */
export function mirrorTarget(
  parts: GatewayParts,
  {
    share,
    requiredRegion,
    streamed,
  }: { share: TrafficShare; requiredRegion: string | null; streamed: boolean },
): Deployment | null {
  const catalog = parts.catalog()
  const blocks = parts.breakers.blocks({ streamed })
  const cooling = parts.gauges.cooldowns()
  const drained = parts.controls.drained()
  const regions = parts.regions.admissions()
  for (const id of candidateChain(share, catalog).flat()) {
    const deployment = catalog.deployments.get(id)
    if (!deployment || (requiredRegion !== null && deployment.region !== requiredRegion)) continue
    if (blocks.has(id) || cooling.has(id) || drained.has(id) || regions.has(deployment.region)) continue
    if (parts.breakers.describe(id).some(({ phase }) => phase !== 'closed')) continue
    const { inFlight, queued, maxInFlight } = parts.bulkheads.read(id)
    if (queued > 0 || inFlight >= maxInFlight * placesForMirrors) continue
    if ((parts.gauges.load(id).headroom ?? 1) < leftToOthers) continue
    return deployment
  }
  return null
}

/** The most that an answer to the same request may cost there; null without a price. */
export function mirrorPrice(
  { parts, plan, usage }: GatewayRun,
  body: ChatRequestBody,
  { provider, model }: Deployment,
): bigint | null {
  const most = {
    ...noUsage,
    inputTokens: usage.inputTokens * promptFactor,
    outputTokens: (plan.limits.maxOutputTokens ?? 0) * choicesOf(body),
  }
  const what = { provider, model, atMs: parts.clock.nowMs(), purchase: 'chat' as const }
  return priceUsage(parts.priceBook(), most, what).costPicoUsd
}

/** What the candidate made of the request. */
export interface MirrorAnswer {
  run: GatewayRun
  /** As a `chat.completion`; null when there is no answer. */
  answer: unknown
}

/**
 * Asks exactly this deployment once what the baseline was asked: a run of its own, in the ledger as operation `shadow` of the
 * console's account, with the caller's correlation id, counted for the candidate by its rollout. That it failed is a result.
 */
export async function askCandidate(
  original: GatewayRun,
  asked: { body: ChatRequestBody; deployment: Deployment; share: TrafficShare; signal: AbortSignal },
): Promise<MirrorAnswer> {
  const run = startMirror(original, asked)
  const body = mirrorBody(asked.body, asked.deployment.id)
  try {
    return { run, answer: await withRun(run, () => answerOf(run, body)) }
  } catch {
    // Its row in the ledger says what failed.
    return { run, answer: null }
  }
}

async function answerOf(run: GatewayRun, body: ChatRequestBody): Promise<unknown> {
  return run.streamed
    ? parseJson(joinChunks((await holdChatStream(run, body)).events) ?? '')
    : parseJson((await answerChat(run, body)).text)
}

/** Nothing of a mirror is to be kept at the provider. */
function mirrorBody(body: ChatRequestBody, model: string): ChatRequestBody {
  const { store: _store, ...rest } = body
  return { ...rest, model }
}

function startMirror(
  original: GatewayRun,
  { deployment, share, signal }: { deployment: Deployment; share: TrafficShare; signal: AbortSignal },
): GatewayRun {
  const { parts, context, streamed } = original
  const requestId = newId('req')
  return startRun({
    parts: besideCallers(parts),
    plan: mirrorPlan(original, { deployment, share }),
    kind: 'chat',
    requestedModel: deployment.id,
    streamed,
    abort: createRequestAbort(signal),
    promptText: null,
    cacheMode: 'bypass',
    context: {
      requestId,
      correlationId: context.correlationId,
      trace: traceContext(null),
      principal: shadowPrincipal,
      tags: {
        creatorId: null,
        fanId: null,
        operation: shadowOperation,
        sessionId: null,
        names: context.tags.names,
      },
      startedAtMs: parts.clock.nowMs(),
      startedMs: parts.clock.monotonicMs(),
      callerSignal: signal,
    },
  })
}

/** What is asked in the shadow holds up no shutdown, and is no proof of where callers are served. */
export function besideCallers(parts: GatewayParts): GatewayParts {
  return { ...parts, running: new Set(), noteServed: () => {} }
}

const shadowPrincipal = {
  accountId: consoleAccount,
  plan: 'unlimited',
  keyId: 'shadow',
  scopes: new Set(dataPlaneScopes),
  regions: [],
  streamMode: null,
}

/** Within the limits of the caller's plan, without a second try, and of no tier: what callers meet there is not touched. */
function mirrorPlan(
  { plan, context }: GatewayRun,
  { deployment, share }: { deployment: Deployment; share: TrafficShare },
): RoutePlan {
  const { id } = deployment
  const text = `mirrors ${context.requestId} in the shadow of rollout ${share.rolloutId}`
  const visit = { now: share.visit, counted: share.visit, weightBps: 0 }
  return {
    ...plan,
    tier: '',
    candidates: [{ deploymentId: id, step: 0 }],
    reasons: [{ deploymentId: id, code: 'share', text }],
    policy: {
      ...plan.policy,
      retry: { ...plan.policy.retry, maxAttempts: 1, maxAttemptsWithAlternative: 1 },
      bulkhead: { ...plan.policy.bulkhead, maxWaitMs: 1 },
      whenExhausted: { cachedAnswerMaxAgeMs: null, tier: null },
    },
    traffic: { arm: 'candidate', rolloutId: share.rolloutId, switchId: null, deploymentIds: [id], visit },
    trials: [],
  }
}
