import type { AttemptReason, AttemptRecord, LedgerRecord, Outcome } from '#lib/costs/ledger-record'
import type { Deployment } from '#lib/deployments/catalog'
import type { ModelFeature } from '#lib/deployments/model-capabilities'
import type { CacheMode } from '#lib/gateway/cacheable-request'
import type { Failure } from '#lib/gateway/failure'
import type { RoutePlan } from '#lib/gateway/route-plan'
import { type FinishReason, noUsage, type Usage } from '#lib/gateway/usage'
import type { DeploymentBlock } from '#lib/resilience/breaker-signal'
import type { CallOutcome } from '#lib/resilience/breaker-verdict'
import type { EndedAttempt, NextStep, WalkCandidate } from '#lib/resilience/decide-next'
import type { CacheTicket } from '#server/gateway/cache/consult-cache'
import { endFlight } from '#server/gateway/cache/keep-answer'
import type { Entry } from '#server/gateway/enter-deployment'
import type { GatewayParts } from '#server/gateway/gateway-parts'
import { priceUsage } from '#server/gateway/price-usage'
import type { ProviderLimits } from '#server/gateway/providers/provider'
import type { RequestAbort } from '#server/gateway/request-abort'
import type { RequestContext } from '#server/gateway/request-context'
import { newSpanId } from '#server/http/request-id'
import type { Reservation } from '#server/quotas/slot-demands'
import type { Admission } from '#server/resilience/breakers'
import type { BulkheadPlace, TurnedAway } from '#server/resilience/bulkheads'

/** One admitted request while it runs: what was tried, what it used, how long the provider took. */
export interface GatewayRun {
  parts: GatewayParts
  context: RequestContext
  plan: RoutePlan
  kind: 'chat' | 'embeddings'
  requestedModel: string
  streamed: boolean
  abort: RequestAbort
  attempts: AttemptRecord[]
  /** The way through the plan's candidates so far: its own input to `decideNext`. */
  walk: { candidates: readonly WalkCandidate[]; attempts: EndedAttempt[]; refused: Set<string> }
  /** Candidates whose breaker let nothing through. */
  skipped: Map<string, DeploymentBlock>
  /** Candidates that had no place, in the order in which they were asked. */
  full: string[]
  /** Why it got no place when it waited for one. */
  turnedAway: TurnedAway | null
  /** Microseconds from the request's start until its plan was made. */
  planUs: number
  /** No attempt begins after it; on the monotonic clock. */
  deadlineAtMs: number
  /** Asks whatever the breakers say (an operator's test call). */
  pastBreakers: boolean
  /** Why the walk stopped; null while it goes on. */
  stopped: Extract<NextStep, { kind: 'stop' }>['why'] | null
  /** The plan of another tier for the same request; null when there is none. */
  planTier(tier: string): RoutePlan | null
  /** What the caller asks of the answer cache. */
  cacheMode: CacheMode | null
  /** Null until the cache was consulted, and for requests that have nothing to do with it. */
  cache: CacheTicket | null
  usage: Usage
  /** Null as soon as one attempt with tokens had no price. */
  costPicoUsd: bigint | null
  priceVersion: string | null
  /** Milliseconds spent waiting for providers. */
  providerMs: number
  promptText: string | null
  /** What of OpenAI's dialect the request uses; null where nobody should learn from it. */
  features: readonly ModelFeature[] | null
  last: Deployment | null
  /** What is set aside of its quotas; null where nothing is limited. */
  reservation: Reservation | null
  /** Its ledger row is written, or on its way. */
  settled: boolean
}

/** An attempt that has begun and not yet ended. */
export interface OpenAttempt {
  deployment: Deployment
  /** W3C span id that the provider sees. */
  spanId: string
  reason: AttemptReason
  startedMs: number
  firstTokenMs: number | null
  /** Null for a call past the breakers. */
  admission: Admission | null
  place: BulkheadPlace
  /** What it generated, for an estimate where the provider reports no usage. */
  text: string[]
  /** Given up before anything of it had left: no attempt that anybody but us knows of. */
  unsent: boolean
}

export interface AttemptEnd {
  outcome: Outcome
  usage: Usage
  failure: Failure | null
  limits: ProviderLimits | null
  httpStatus: number | null
}

export function beginAttempt(run: GatewayRun, entry: Entry): OpenAttempt {
  const { deployment } = entry
  run.parts.gauges.begin(deployment.id)
  run.last = deployment
  const startedMs = run.parts.clock.monotonicMs()
  return { ...entry, spanId: newSpanId(), startedMs, firstTokenMs: null, text: [], unsent: false }
}

/** The first content token of a stream is there: what latency says is known, and a probe is good. */
export function sawFirstToken(run: GatewayRun, attempt: OpenAttempt): void {
  attempt.firstTokenMs = run.parts.clock.monotonicMs() - attempt.startedMs
  if (attempt.admission) run.parts.breakers.sawFirstToken(attempt.admission, attempt.firstTokenMs)
}

/** Closes an attempt: prices what it used, adds it to the run, feeds the gauges. */
export function endAttempt(run: GatewayRun, attempt: OpenAttempt, end: AttemptEnd): void {
  const { deployment } = attempt
  const { parts } = run
  const durationMs = parts.clock.monotonicMs() - attempt.startedMs
  const { provider, model } = deployment
  const what = { provider, model, atMs: run.context.startedAtMs, purchase: run.kind }
  const priced = priceUsage(parts.priceBook(), end.usage, what)
  attempt.place.leave()
  noteEnd(parts, attempt, { end, durationMs })
  if (attempt.unsent) return
  run.usage = addUsage(run.usage, end.usage)
  run.costPicoUsd =
    run.costPicoUsd === null || priced.costPicoUsd === null ? null : run.costPicoUsd + priced.costPicoUsd
  run.priceVersion = priced.priceVersion ?? run.priceVersion
  run.attempts.push({
    deploymentId: deployment.id,
    provider,
    region: deployment.region,
    model,
    outcome: end.outcome,
    failureClass: end.failure?.class ?? null,
    httpStatus: end.httpStatus,
    errorMessage: end.failure ? errorMessage(run, end.failure) : null,
    offsetMs: Math.round(attempt.startedMs - run.context.startedMs),
    firstTokenMs: attempt.firstTokenMs === null ? null : Math.round(attempt.firstTokenMs),
    durationMs: Math.round(durationMs),
    inputTokens: end.usage.inputTokens,
    outputTokens: end.usage.outputTokens,
    costPicoUsd: priced.costPicoUsd?.toString() ?? null,
    providerRequestId: end.limits?.providerRequestId ?? null,
    spanId: attempt.spanId,
    reason: attempt.reason,
    breakerPhase: breakerPhase(attempt.admission),
  })
}

function breakerPhase(admission: Admission | null): AttemptRecord['breakerPhase'] {
  if (admission === null) return null
  return admission.probes.length > 0 ? 'half_open' : 'closed'
}

/** Tells everyone who learns from attempts: gauges, breakers, regions, the retry budget. */
function noteEnd(
  parts: GatewayParts,
  { deployment, admission, firstTokenMs }: OpenAttempt,
  { end, durationMs }: { end: AttemptEnd; durationMs: number },
): void {
  const { id } = deployment
  parts.gauges.end(id)
  if (end.limits) parts.gauges.sawLimits(id, end.limits)
  if (end.failure) parts.gauges.sawFailure(id, end.failure)
  else parts.gauges.sawSuccess(id, { firstTokenMs, durationMs })
  if (admission) parts.breakers.settle(admission, callOutcome(end.failure, firstTokenMs))
  if (end.outcome === 'cancelled') return
  parts.regions.sawAttempt(id, end.failure)
  parts.retryGate.ended(id, end.failure === null)
}

function callOutcome(failure: Failure | null, firstTokenMs: number | null): CallOutcome {
  if (failure === null) return { kind: 'success', firstTokenMs }
  return failure.class === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failure', failure }
}

function errorMessage({ parts, context }: GatewayRun, failure: Failure): string {
  const code = failure.error.code ? `${failure.error.code}: ` : ''
  return parts.redact(`${code}${failure.error.message}`, context.tags).slice(0, 500)
}

function addUsage(a: Usage, b: Usage): Usage {
  if (a.source === 'none') return b
  if (b.source === 'none') return a
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    source: a.source === 'estimated' || b.source === 'estimated' ? 'estimated' : 'provider',
  }
}

export interface RunEnd {
  outcome: Outcome
  errorCode: string | null
  httpStatus: number
  finishReason: FinishReason | null
  firstTokenMs: number | null
  answerText: string | null
}

/** The ledger's view of a run that has ended. */
export function ledgerRecord(run: GatewayRun, end: RunEnd): LedgerRecord {
  const { context, plan, last } = run
  const latencyMs = run.parts.clock.monotonicMs() - context.startedMs
  return {
    id: context.requestId,
    accountId: context.principal.accountId,
    startedAtMs: context.startedAtMs,
    correlationId: context.correlationId,
    traceId: context.trace.traceId,
    spanId: context.trace.spanId,
    parentSpanId: context.trace.parentSpanId,
    plan: context.principal.plan,
    apiKeyId: context.principal.keyId,
    creatorId: context.tags.creatorId,
    sessionId: context.tags.sessionId,
    operation: context.tags.operation ?? run.kind,
    kind: run.kind,
    requestedModel: run.requestedModel,
    tier: plan.tier,
    deploymentId: last?.id ?? '',
    provider: last?.provider ?? '',
    region: last?.region ?? '',
    model: last?.model ?? '',
    streamed: run.streamed,
    outcome: end.outcome,
    errorCode: end.errorCode,
    httpStatus: end.httpStatus,
    finishReason: end.finishReason,
    usage: run.usage,
    priceVersion: run.priceVersion,
    costPicoUsd: run.costPicoUsd?.toString() ?? null,
    firstTokenMs: end.firstTokenMs === null ? null : Math.round(end.firstTokenMs),
    latencyMs: Math.round(latencyMs),
    planUs: run.planUs,
    overheadUs: Math.max(0, Math.round((latencyMs - run.providerMs) * 1000)),
    planReasons: plan.reasons,
    promptText: run.promptText === null ? null : run.parts.redact(run.promptText, context.tags),
    answerText: end.answerText === null ? null : run.parts.redact(end.answerText, context.tags),
    // A hedge may end before the attempt it raced.
    attempts: run.attempts.toSorted((a, b) => a.offsetMs - b.offsetMs),
  }
}

export interface RunStart {
  parts: GatewayParts
  context: RequestContext
  plan: RoutePlan
  kind: GatewayRun['kind']
  requestedModel: string
  streamed: boolean
  abort: RequestAbort
  promptText: string | null
  /** Ask whatever the breakers say; false by default. */
  pastBreakers?: boolean
  cacheMode?: CacheMode | null
  /** Null by default. */
  features?: readonly ModelFeature[] | null
  planTier?: (tier: string) => RoutePlan | null
  /** Null by default. */
  reservation?: Reservation | null
}

export function startRun(start: RunStart): GatewayRun {
  const { parts, context, plan } = start
  parts.running.add(start.abort)
  start.abort.limit('deadline', plan.limits.deadlineMs)
  return {
    ...start,
    pastBreakers: start.pastBreakers ?? false,
    attempts: [],
    walk: { candidates: walkCandidates(parts, plan), attempts: [], refused: new Set() },
    skipped: new Map(),
    full: [],
    turnedAway: null,
    stopped: null,
    planTier: start.planTier ?? (() => null),
    reservation: start.reservation ?? null,
    planUs: Math.round((parts.clock.monotonicMs() - context.startedMs) * 1000),
    cacheMode: start.cacheMode ?? null,
    features: start.features ?? null,
    cache: null,
    deadlineAtMs: context.startedMs + plan.limits.deadlineMs,
    usage: noUsage,
    costPicoUsd: 0n,
    priceVersion: null,
    providerMs: 0,
    last: null,
    settled: false,
  }
}

/** The plan's candidates as the walk needs them. */
export function walkCandidates(parts: GatewayParts, plan: RoutePlan): WalkCandidate[] {
  const { deployments } = parts.catalog()
  return plan.candidates.map(({ deploymentId }) => ({
    deploymentId,
    contextTokens: deployments.get(deploymentId)?.contextTokens ?? null,
  }))
}

/** Records the run in the ledger, lets go of its timers and settles its quotas; resolves when the row is safe. */
export async function settleRun(run: GatewayRun, end: RunEnd): Promise<void> {
  run.settled = true
  endFlight(run)
  run.abort.dispose()
  run.parts.running.delete(run.abort)
  try {
    const record = ledgerRecord(run, end)
    logRun(run, record)
    run.parts.telemetry.ended({ record, trace: run.context.trace })
    tellRollouts(run, record)
    run.parts.experiments.counts.ended(run.plan.trials, record)
    await run.parts.ledger.record(record)
    if (end.outcome === 'success') noteServed(run, record)
  } finally {
    const { usage, costPicoUsd } = run
    const tokens = BigInt(usage.inputTokens + usage.outputTokens)
    run.reservation?.settle({ tokens, costPicoUsd: costPicoUsd ?? 0n })
  }
}

/** Who was on which side, and what the request used: counted in memory. */
function tellRollouts(run: GatewayRun, record: LedgerRecord): void {
  const { plan, features, context, usage } = run
  const { counter, features: seen } = run.parts.rollouts
  if (plan.traffic.rolloutId !== null) {
    const { sessionId, creatorId } = context.tags
    const id = sessionId ?? creatorId
    const unit = id === null ? null : { id, session: sessionId !== null }
    counter.ended({ traffic: plan.traffic, record, unit })
  }
  if (features === null || plan.tier === '') return
  const tokens = usage.inputTokens === 0 ? null : usage.inputTokens + (plan.limits.maxOutputTokens ?? 0)
  const { tier } = plan
  seen.saw({ tier, operation: record.operation, features, tokens, atMs: record.startedAtMs })
}

function noteServed(
  run: GatewayRun,
  { id, startedAtMs, deploymentId, provider, operation }: LedgerRecord,
): void {
  const { tier, traffic } = run.plan
  const { switchId } = traffic
  run.parts.noteServed({ id, startedAtMs, deploymentId, provider, tier, operation, switchId })
}

function logRun(run: GatewayRun, record: LedgerRecord): void {
  const fields = {
    requestId: record.id,
    correlationId: record.correlationId,
    traceId: record.traceId,
    accountId: record.accountId,
    operation: record.operation,
    deployment: record.deploymentId,
    outcome: record.outcome,
    errorCode: record.errorCode,
    attempts: record.attempts.length,
    latencyMs: record.latencyMs,
    costPicoUsd: record.costPicoUsd,
  }
  run.parts.log.info(fields, record.outcome === 'success' ? 'answered' : 'not answered')
}
