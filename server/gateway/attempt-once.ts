import type { Deployment } from '#lib/deployments/catalog'
import { classifyFailure } from '#lib/gateway/classify-failure'
import type { Failure, FailureEvidence } from '#lib/gateway/failure'
import type { Usage } from '#lib/gateway/usage'
import { type Entry, leaveDeployment } from '#server/gateway/enter-deployment'
import { beginAttempt, type GatewayRun, type OpenAttempt } from '#server/gateway/gateway-run'
import { type AttemptTimers, ProviderError, type ProviderLimits } from '#server/gateway/providers/provider'
import { readProviderLimits } from '#server/gateway/providers/read-provider-limits'

const connectTimeoutMs = 5_000

export interface AttemptRequest {
  deployment: Deployment
  attempt: OpenAttempt
  timers: AttemptTimers
  signal: AbortSignal
}

/** What an attempt does at a deployment. */
export interface AttemptWork<Answer> {
  /** @throws ProviderError when it failed. */
  call(request: AttemptRequest): Promise<Answer>
  /** Tokens of an attempt that failed or was given up. */
  usageOf(attempt: OpenAttempt, failure: Failure): Promise<Usage>
  /** Lets go of an answer that came too late, because a hedge was first. */
  discard?(answer: Answer): void
}

export interface FailedAttempt {
  ok: false
  failure: Failure
  attempt: OpenAttempt
  /** What the provider said of its limits, also with a refusal; null = nothing. */
  limits: ProviderLimits | null
}

export type AttemptResult<Answer> = { ok: true; answer: Answer; attempt: OpenAttempt } | FailedAttempt

/** Asks an entered deployment once; the attempt stays open until its caller ends it. Only failures of ours are thrown. */
export async function attemptOnce<Answer>(
  run: GatewayRun,
  entry: Entry,
  { work, signal }: { work: AttemptWork<Answer>; signal: AbortSignal },
): Promise<AttemptResult<Answer>> {
  const { clock } = run.parts
  const attempt = beginAttempt(run, entry)
  const { deployment } = entry
  try {
    const answer = await work.call({ deployment, attempt, timers: attemptTimers(run), signal })
    return { ok: true, answer, attempt }
  } catch (thrown) {
    if (!ProviderError.is(thrown)) {
      releaseAttempt(run, attempt)
      throw thrown
    }
    attempt.unsent = thrown.evidence.kind === 'cancelled' && thrown.evidence.unsent === true
    const failure = classifyFailure(evidenceOf(run, thrown.evidence), {
      provisioned: (deployment.capacity?.ptu ?? 0) > 0,
      nowMs: clock.nowMs(),
    })
    return { ok: false, failure, attempt, limits: limitsOf(thrown.evidence) }
  }
}

/** A refusal says what is left as well as an answer does. */
function limitsOf(evidence: FailureEvidence): ProviderLimits | null {
  return evidence.kind === 'http' ? readProviderLimits(evidence.headers) : null
}

/** Something of ours failed in the middle of an attempt: it gives back what it held. */
function releaseAttempt(run: GatewayRun, attempt: OpenAttempt): void {
  run.parts.gauges.end(attempt.deployment.id)
  leaveDeployment(run, attempt)
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
