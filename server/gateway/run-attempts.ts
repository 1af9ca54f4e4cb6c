import type { Deployment } from '#lib/deployments/catalog'
import { classifyFailure } from '#lib/gateway/classify-failure'
import type { Failure, FailureEvidence } from '#lib/gateway/failure'
import type { Usage } from '#lib/gateway/usage'
import { decideNext, type NextStep, type WalkContext } from '#lib/resilience/decide-next'
import { type Entry, enterDeployment, queueForDeployment } from '#server/gateway/enter-deployment'
import { beginAttempt, endAttempt, type GatewayRun, type OpenAttempt } from '#server/gateway/gateway-run'
import { hedgeDelayMs, raceAttempts } from '#server/gateway/hedge-attempts'
import { type AttemptTimers, ProviderError } from '#server/gateway/providers/provider'
import { pause } from '#server/resilience/pause'

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

export type AttemptResult<Answer> =
  | { ok: true; answer: Answer; attempt: OpenAttempt }
  | { ok: false; failure: Failure; attempt: OpenAttempt }

/**
 * Asks the plan's candidates as `decideNext` says until one answers; null when none did (`run.walk`, `run.skipped` and
 * `run.turnedAway` say why, or the run was aborted). The first success's attempt stays open: its caller ends it. May be
 * called again after that attempt failed late (`endFailed`): the walk goes on where it stood.
 */
export async function runAttempts<Answer>(
  run: GatewayRun,
  work: AttemptWork<Answer>,
): Promise<{ answer: Answer; attempt: OpenAttempt } | null> {
  while (!run.abort.signal.aborted) {
    const step = decideNext(run.walk, walkContext(run))
    run.stopped = step.kind === 'stop' ? step.why : null
    const entry = step.kind === 'ask' ? await follow(run, step) : await lastResort(run, step)
    if (entry === 'stop') return null
    if (entry === null) continue
    const result = await attempt(run, entry, work)
    if (result.ok) {
      run.last = result.attempt.deployment
      return result
    }
    await endFailed(run, result, work)
  }
  return null
}

function walkContext(run: GatewayRun): WalkContext {
  const { clock, random, retryGate } = run.parts
  return {
    retry: run.plan.policy.retry,
    contentFilterFallback: run.plan.policy.contentFilterFallback,
    nowMs: clock.monotonicMs(),
    deadlineAtMs: run.deadlineAtMs,
    random: random(),
    affordsRetry: retryGate.affordsRetry,
    failuresInARow: retryGate.failuresInARow,
  }
}

/** Waits as the step says and enters; null when the deployment refused, `stop` when the run ended meanwhile. */
async function follow(
  run: GatewayRun,
  step: Extract<NextStep, { kind: 'ask' }>,
): Promise<Entry | null | 'stop'> {
  if (step.afterMs > 0 && !(await pause(step.afterMs, run.abort.signal))) return 'stop'
  const deployment = run.parts.catalog().deployments.get(step.deploymentId)
  if (!deployment) {
    run.walk.refused.add(step.deploymentId)
    return null
  }
  const entry = await enterDeployment(run, deployment)
  const isRetry = step.why === 'retry' || step.why === 'retry_after'
  if (entry && isRetry) run.parts.retryGate.tookRetry(deployment.id)
  if (entry && !isRetry) run.parts.retryGate.began(deployment.id)
  return entry
}

/** Nobody else can be asked: the first deployment that only lacked a place is worth waiting for. */
async function lastResort(
  run: GatewayRun,
  step: Extract<NextStep, { kind: 'stop' }>,
): Promise<Entry | null | 'stop'> {
  const fullId = step.why === 'exhausted' ? run.full[0] : undefined
  const deployment = fullId === undefined ? undefined : run.parts.catalog().deployments.get(fullId)
  if (!deployment) return 'stop'
  run.full.length = 0
  const entry = await queueForDeployment(run, deployment)
  if (!entry) return 'stop'
  run.parts.retryGate.began(deployment.id)
  return entry
}

async function attempt<Answer>(
  run: GatewayRun,
  entry: Entry,
  work: AttemptWork<Answer>,
): Promise<AttemptResult<Answer>> {
  const delayMs = hedgeDelayMs(run, entry.deployment.id)
  if (delayMs === null) return attemptOnce(run, entry, { work, signal: run.abort.signal })
  return raceAttempts(run, {
    delayMs,
    first: (signal) => attemptOnce(run, entry, { work, signal }),
    second: async () => {
      const rival = await enterRival(run, entry.deployment.id)
      return rival && ((signal) => attemptOnce(run, rival, { work, signal }))
    },
    endFailed: (failed) => endFailed(run, failed, work),
    discard: (answer) => work.discard?.(answer),
  })
}

/** The next candidate that can take a hedge at once. */
async function enterRival(run: GatewayRun, busyId: string): Promise<Entry | null> {
  const asked = new Set([busyId, ...run.walk.attempts.map(({ deploymentId }) => deploymentId)])
  for (const { deploymentId } of run.walk.candidates) {
    if (asked.has(deploymentId) || run.walk.refused.has(deploymentId)) continue
    const deployment = run.parts.catalog().deployments.get(deploymentId)
    const entry = deployment && (await enterDeployment(run, deployment))
    if (entry) {
      run.parts.retryGate.began(deploymentId)
      return entry
    }
  }
  return null
}

async function attemptOnce<Answer>(
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
    const failure = classifyFailure(evidenceOf(run, thrown.evidence), {
      provisioned: (deployment.capacity?.ptu ?? 0) > 0,
      nowMs: clock.nowMs(),
    })
    return { ok: false, failure, attempt }
  } finally {
    run.providerMs += clock.monotonicMs() - attempt.startedMs
  }
}

/** Something of ours failed in the middle of an attempt: it gives back what it held. */
function releaseAttempt(run: GatewayRun, { deployment, admission, place }: OpenAttempt): void {
  run.parts.gauges.end(deployment.id)
  place.leave()
  if (admission) run.parts.breakers.settle(admission, { kind: 'cancelled' })
}

/** Closes a failed attempt and lets the walk know; the walk then decides what comes next. */
export async function endFailed<Answer>(
  run: GatewayRun,
  { failure, attempt }: { failure: Failure; attempt: OpenAttempt },
  work: Pick<AttemptWork<Answer>, 'usageOf'>,
): Promise<void> {
  const usage = await work.usageOf(attempt, failure)
  const cut = attempt.text.length > 0
  const outcome = failure.class === 'cancelled' ? 'cancelled' : cut ? 'cut' : 'error'
  const { deployment } = attempt
  endAttempt(run, attempt, { outcome, usage, failure, limits: null, httpStatus: failure.status })
  run.walk.attempts.push({
    deploymentId: deployment.id,
    failure,
    endedAtMs: run.parts.clock.monotonicMs(),
  })
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
