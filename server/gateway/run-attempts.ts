import type { AttemptReason } from '#lib/costs/ledger-record'
import { decideNext, type NextStep, type WalkContext } from '#lib/resilience/decide-next'
import {
  type AttemptResult,
  type AttemptWork,
  attemptOnce,
  type FailedAttempt,
} from '#server/gateway/attempt-once'
import {
  type Entry,
  enterDeployment,
  leaveDeployment,
  queueForDeployment,
} from '#server/gateway/enter-deployment'
import { endAttempt, type GatewayRun, type OpenAttempt } from '#server/gateway/gateway-run'
import { hedgeDelayMs, type Rival, raceAttempts } from '#server/gateway/hedge-attempts'
import { pause } from '#server/resilience/pause'

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
  const reason = attemptReason(run, step.why)
  const entry = await enterDeployment(run, { deployment, reason })
  const isRetry = reason === 'retry'
  if (entry && isRetry) run.parts.retryGate.tookRetry(deployment.id)
  if (entry && !isRetry) run.parts.retryGate.began(deployment.id)
  return entry
}

function attemptReason(run: GatewayRun, why: Extract<NextStep, { kind: 'ask' }>['why']): AttemptReason {
  if (why === 'first') return run.walk.refused.size > 0 ? 'fallback' : 'first'
  if (why !== 'next') return 'retry'
  return run.walk.attempts.at(-1)?.failure.class === 'ptu_full' ? 'spillover' : 'fallback'
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
  const reason = run.walk.attempts.length === 0 ? 'first' : 'fallback'
  const entry = await queueForDeployment(run, { deployment, reason })
  if (!entry) return 'stop'
  run.parts.retryGate.began(deployment.id)
  return entry
}

async function attempt<Answer>(
  run: GatewayRun,
  entry: Entry,
  work: AttemptWork<Answer>,
): Promise<AttemptResult<Answer>> {
  const { clock } = run.parts
  const beganMs = clock.monotonicMs()
  const delayMs = hedgeDelayMs(run, entry.deployment.id)
  try {
    if (delayMs === null) return await attemptOnce(run, entry, { work, signal: run.abort.signal })
    return await raceAttempts(run, {
      delayMs,
      first: (signal) => attemptOnce(run, entry, { work, signal }),
      enterRival: () => enterRival(run, { busyId: entry.deployment.id, work }),
      endFailed: (failed) => endFailed(run, failed, work),
      discard: (answer) => work.discard?.(answer),
    })
  } finally {
    run.providerMs += clock.monotonicMs() - beganMs
  }
}

/** The next candidate that can take a hedge at once. */
async function enterRival<Answer>(
  run: GatewayRun,
  { busyId, work }: { busyId: string; work: AttemptWork<Answer> },
): Promise<Rival<Answer> | null> {
  const asked = new Set([busyId, ...run.walk.attempts.map(({ deploymentId }) => deploymentId)])
  for (const { deploymentId } of run.walk.candidates) {
    if (asked.has(deploymentId) || run.walk.refused.has(deploymentId)) continue
    const deployment = run.parts.catalog().deployments.get(deploymentId)
    const entry = deployment && (await enterDeployment(run, { deployment, reason: 'hedge' }))
    if (!entry) continue
    return {
      start(signal) {
        run.parts.retryGate.began(deploymentId)
        return attemptOnce(run, entry, { work, signal })
      },
      leave: () => leaveDeployment(run, entry),
    }
  }
  return null
}

/** Closes a failed attempt and lets the walk know; the walk then decides what comes next. */
export async function endFailed(
  run: GatewayRun,
  { failure, attempt, limits }: Omit<FailedAttempt, 'ok'>,
  work: Pick<AttemptWork<unknown>, 'usageOf'>,
): Promise<void> {
  const usage = await work.usageOf(attempt, failure)
  const cut = attempt.text.length > 0
  const outcome = failure.class === 'cancelled' ? 'cancelled' : cut ? 'cut' : 'error'
  const { deployment } = attempt
  endAttempt(run, attempt, { outcome, usage, failure, limits, httpStatus: failure.status })
  run.walk.attempts.push({
    deploymentId: deployment.id,
    failure,
    endedAtMs: run.parts.clock.monotonicMs(),
  })
}
