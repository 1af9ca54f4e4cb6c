import type { Deployment } from '#lib/deployments/catalog'
import { classifyFailure } from '#lib/gateway/classify-failure'
import type { Failure, FailureClass, FailureEvidence } from '#lib/gateway/failure'
import { noUsage, type Usage } from '#lib/gateway/usage'
import { beginAttempt, endAttempt, type GatewayRun, type OpenAttempt } from '#server/gateway/gateway-run'
import { type AttemptTimers, ProviderError } from '#server/gateway/providers/provider'

const connectTimeoutMs = 5_000

/** Failures whose prompt the provider has read and bills: Azure charges the evaluation of a prompt its filter refuses. */
const readPrompt: ReadonlySet<FailureClass> = new Set(['cancelled', 'content_filter'])

export interface AttemptRequest {
  deployment: Deployment
  attempt: OpenAttempt
  timers: AttemptTimers
  signal: AbortSignal
}

/**
 * Asks the plan's candidates in order until one answers; null when none did (`run.tried` says why, or the run was
 * aborted). The first success's attempt stays open: its caller ends it. One attempt a candidate; what else a policy
 * may do on the same candidate (retry, breaker, hedge) belongs around `attemptOnce`.
 */
export async function runAttempts<Answer>(
  run: GatewayRun,
  call: (request: AttemptRequest) => Promise<Answer>,
  promptUsage: (model: string) => Promise<Usage>,
): Promise<{ answer: Answer; attempt: OpenAttempt } | null> {
  const catalog = run.parts.catalog()
  let largerThan: number | null = null
  for (const { deploymentId } of run.plan.candidates) {
    if (run.abort.signal.aborted) return null
    const deployment = catalog.deployments.get(deploymentId)
    if (!deployment || !fits(deployment, largerThan)) continue
    const result: AttemptResult<Answer> = await attemptOnce(run, deployment, call)
    if (result.ok) return result
    const { failure, attempt } = result
    const usage = readPrompt.has(failure.class) ? await promptUsage(deployment.model) : noUsage
    const outcome = failure.class === 'cancelled' ? 'cancelled' : 'error'
    endAttempt(run, attempt, { outcome, usage, failure, limits: null, httpStatus: failure.status })
    run.tried.push({ deploymentId, failure })
    if (failure.nextCandidate === 'no') return null
    if (failure.nextCandidate === 'larger_context') largerThan = deployment.contextTokens ?? 0
  }
  return null
}

function fits(deployment: Deployment, largerThan: number | null): boolean {
  return largerThan === null || (deployment.contextTokens !== null && deployment.contextTokens > largerThan)
}

type AttemptResult<Answer> =
  | { ok: true; answer: Answer; attempt: OpenAttempt }
  | { ok: false; failure: Failure; attempt: OpenAttempt }

async function attemptOnce<Answer>(
  run: GatewayRun,
  deployment: Deployment,
  call: (request: AttemptRequest) => Promise<Answer>,
): Promise<AttemptResult<Answer>> {
  const { clock } = run.parts
  const attempt = beginAttempt(run, deployment)
  try {
    const answer = await call({ deployment, attempt, timers: attemptTimers(run), signal: run.abort.signal })
    return { ok: true, answer, attempt }
  } catch (thrown) {
    if (!ProviderError.is(thrown)) {
      run.parts.gauges.end(deployment.id)
      throw thrown
    }
    const failure = classifyFailure(evidenceOf(run, thrown.evidence), {
      provisioned: (deployment.capacity?.ptu ?? 0) > 0,
      nowMs: clock.nowMs(),
    })
    return { ok: false, failure, attempt }
  } finally {
    run.providerMs += clock.monotonicMs() - attempt.startedMs
  }
}

/** An abort looks the same to an adapter whoever pulled it; the run knows. */
export function evidenceOf(run: GatewayRun, evidence: FailureEvidence): FailureEvidence {
  const cause = run.abort.cause()
  if (evidence.kind !== 'cancelled' || cause === null || cause === 'caller') return evidence
  if (cause === 'deadline') return { kind: 'timeout', timer: 'deadline', afterMs: run.plan.limits.deadlineMs }
  if (cause === 'total') return { kind: 'timeout', timer: 'total', afterMs: run.plan.limits.totalMs }
  return { kind: 'cut_stream', message: 'This instance is shutting down.' }
}

function attemptTimers(run: GatewayRun): AttemptTimers {
  const { limits } = run.plan
  return {
    connectMs: connectTimeoutMs,
    attemptMs: limits.attemptTimeoutMs,
    firstTokenMs: run.streamed ? limits.firstTokenMs : null,
    idleMs: run.streamed ? limits.idleMs : null,
  }
}
