import { consoleAccount } from '#lib/access/console-account'
import { dataPlaneScopes } from '#lib/contracts/access'
import type { TestCallView } from '#lib/contracts/resilience'
import { planRoute, type RouteRequest } from '#lib/gateway/plan-route'
import type { RoutePlan } from '#lib/gateway/route-plan'
import type { Actor } from '#server/access/principal'
import type { Container } from '#server/create-container'
import { answerChat } from '#server/gateway/answer-chat'
import { answerEmbeddings } from '#server/gateway/answer-embeddings'
import { type GatewayRun, startRun } from '#server/gateway/gateway-run'
import { requireAccepting } from '#server/gateway/http/data-plane-route'
import { createRequestAbort } from '#server/gateway/request-abort'
import type { RequestContext } from '#server/gateway/request-context'
import { routeSnapshot } from '#server/gateway/route-snapshot'
import { withRun } from '#server/gateway/run-failure'
import { AppError } from '#server/http/app-error'
import { newRequestId, traceContext } from '#server/http/request-id'

export interface TestCall {
  deploymentId: string
  actor: Pick<Actor, 'id'>
  requestId: string
  request: Request
}

/** What a test call needs of the process. */
export type TestCallParts = Pick<Container, 'gateway' | 'clock' | 'log' | 'ledger' | 'isShuttingDown'>

/** An operator waits for it, so it ends sooner than callers' requests may. */
const longestMs = 15_000
const maxOutputTokens = 16
const prompt = 'Reply with the word OK.'
const longestText = 200

/**
 * One small call to exactly this deployment, whatever plan and breakers say: one attempt, in the ledger as operation
 * `test` of the console's own account (`acc_console`), and in the audit log as what the operator did. That the deployment failed is a result, not an error.
 *
 * @throws AppError `not_found` for an unknown deployment; `shutting_down`, `ledger_unavailable`: no call, no row.
 */
export async function makeTestCall(
  container: TestCallParts & Pick<Container, 'audit' | 'db'>,
  call: TestCall,
): Promise<TestCallView> {
  requireAccepting(container)
  const { actor, requestId, deploymentId } = call
  container.log.info({ requestId, actorId: actor.id, deploymentId }, 'an operator asked for a test call')
  const made = (await callOnce(container, { ...call, operation: 'test' })).call
  await container.audit.record(container.db.orm, {
    action: 'deployment.test',
    actorId: actor.id,
    resource: `deployment/${deploymentId}`,
    after: {
      ok: made.ok,
      durationMs: made.durationMs,
      ...(made.failure ? { failure: made.failure.class } : {}),
    },
    correlationId: requestId,
  })
  return made
}

/**
 * The same call made by the system itself, in the ledger as operation `probe`, with what it cost (null = no price).
 * @throws AppError as `makeTestCall` does.
 */
export async function probeDeployment(
  parts: TestCallParts,
  deploymentId: string,
): Promise<{ call: TestCallView; costPicoUsd: bigint | null }> {
  requireAccepting(parts)
  const request = new Request('http://localhost/probe')
  const call = { deploymentId, actor: { id: 'system' }, requestId: newRequestId(), request }
  return callOnce(parts, { ...call, operation: 'probe' })
}

type OneCall = TestCall & { operation: 'test' | 'probe' }

async function callOnce(
  container: TestCallParts,
  one: OneCall,
): Promise<{ call: TestCallView; costPicoUsd: bigint | null }> {
  const run = startTestRun(container, one)
  const ended = await ask(run)
  const durationMs = Math.round(container.clock.monotonicMs() - run.context.startedMs)
  const { costPicoUsd } = run
  return { call: { requestId: one.requestId, durationMs, ...ended }, costPicoUsd }
}

async function ask(run: GatewayRun): Promise<Pick<TestCallView, 'ok' | 'text' | 'failure'>> {
  try {
    const text = await withRun(run, () => (run.kind === 'chat' ? askChat(run) : askEmbeddings(run)))
    return { ok: true, text, failure: null }
  } catch (thrown) {
    if (!AppError.is(thrown)) throw thrown
    const attempt = run.attempts.at(-1)
    const failure = {
      class: attempt?.failureClass ?? thrown.code,
      status: attempt?.httpStatus ?? null,
      message: attempt?.errorMessage ?? thrown.message,
    }
    return { ok: false, text: null, failure }
  }
}

async function askChat(run: GatewayRun): Promise<string> {
  const body = { model: run.requestedModel, messages: [{ role: 'user' as const, content: prompt }] }
  const answer = await answerChat(run, body)
  return answer.content.slice(0, longestText)
}

async function askEmbeddings(run: GatewayRun): Promise<null> {
  await answerEmbeddings(run, { model: run.requestedModel, input: prompt })
  return null
}

function startTestRun(container: TestCallParts, call: OneCall): GatewayRun {
  const { kind, plan } = planTestCall(container, call.deploymentId)
  return startRun({
    parts: container.gateway,
    context: testContext(container, call),
    plan,
    kind,
    requestedModel: call.deploymentId,
    streamed: false,
    abort: createRequestAbort(call.request.signal),
    promptText: container.gateway.storesPrompts() ? prompt : null,
    pastBreakers: true,
  })
}

/** The deployment alone within its tier's limits; an embedding deployment is asked for an embedding. */
function planTestCall(container: TestCallParts, id: string): Pick<GatewayRun, 'kind' | 'plan'> {
  const parts = container.gateway
  if (!parts.catalog().deployments.has(id))
    throw new AppError('not_found', { message: `The catalog has no deployment "${id.slice(0, 100)}".` })
  const kinds = ['chat', 'embeddings'] as const
  for (const kind of kinds) {
    const decision = planRoute(testRoute(kind, id), {
      ...routeSnapshot(parts, { streamed: false, nowMs: container.clock.nowMs() }),
    })
    if (decision.ok) return { kind, plan: onceAt(decision.plan, id) }
  }
  throw new AppError('model_not_suitable', {
    message: `"${id}" can be asked for neither chat nor embeddings.`,
  })
}

function testRoute(kind: RouteRequest['kind'], model: string): RouteRequest {
  const nobody = { accountId: '', session: null, creatorId: null, operation: null, requestId: '' }
  const calm = { stream: false, temperature: null, region: null, switchId: null }
  return { kind, model, maxOutputTokens, ...calm, ...nobody }
}

/** The plan without anybody else in it, and without a second try. */
function onceAt(plan: RoutePlan, deploymentId: string): RoutePlan {
  const { limits, policy } = plan
  return {
    ...plan,
    candidates: [{ deploymentId, step: 0 }],
    reasons: [{ deploymentId, code: 'alias', text: 'asked by a test call, whatever plan and breakers say' }],
    limits: {
      ...limits,
      attemptTimeoutMs: Math.min(limits.attemptTimeoutMs, longestMs),
      deadlineMs: Math.min(limits.deadlineMs, longestMs),
    },
    policy: {
      ...policy,
      retry: { ...policy.retry, maxAttempts: 1, maxAttemptsWithAlternative: 1 },
      whenExhausted: { cachedAnswerMaxAgeMs: null, tier: null },
    },
  }
}

function testContext(
  container: TestCallParts,
  { actor, requestId, request, operation }: OneCall,
): RequestContext {
  return {
    requestId,
    correlationId: requestId,
    trace: traceContext(request.headers.get('traceparent')),
    principal: {
      accountId: consoleAccount,
      plan: 'unlimited',
      keyId: actor.id,
      scopes: new Set(dataPlaneScopes),
      regions: [],
      streamMode: null,
    },
    tags: { creatorId: null, fanId: null, operation, sessionId: null, names: [] },
    startedAtMs: container.clock.nowMs(),
    startedMs: container.clock.monotonicMs(),
    callerSignal: request.signal,
  }
}
