import type { ChatRequestBody } from '#lib/contracts/openai'
import type { RouteReason } from '#lib/gateway/route-plan'
import type { AttemptWork } from '#server/gateway/attempt-once'
import { type GatewayRun, type OpenAttempt, walkCandidates } from '#server/gateway/gateway-run'
import type { RecentAnswer } from '#server/gateway/recent-answers'
import { runAttempts } from '#server/gateway/run-attempts'

export type Asked<Answer> =
  | { kind: 'answer'; answer: Answer; attempt: OpenAttempt }
  | { kind: 'repeated'; answer: RecentAnswer }

/**
 * Asks the plan's candidates and, when nothing of it is left, does what the tier's policy allows: repeats a recent answer
 * to the same request, then asks the configured simpler tier. Null when the caller must hear an error.
 */
export async function askWithFallbacks<Answer>(
  run: GatewayRun,
  body: ChatRequestBody,
  work: AttemptWork<Answer>,
): Promise<Asked<Answer> | null> {
  const first = await runAttempts(run, work)
  if (first) return { kind: 'answer', ...first }
  if (!isExhausted(run)) return null
  const repeated = findRecentAnswer(run, body)
  if (repeated) return { kind: 'repeated', answer: repeated }
  if (!extendToFallbackTier(run)) return null
  const second = await runAttempts(run, work)
  return second && { kind: 'answer', ...second }
}

/** Did the run end because nobody was left, and not because of the caller, the clock or the request itself? */
function isExhausted(run: GatewayRun): boolean {
  return !run.abort.signal.aborted && run.stopped === 'exhausted'
}

function findRecentAnswer(run: GatewayRun, body: ChatRequestBody): RecentAnswer | null {
  const maxAgeMs = run.plan.policy.whenExhausted.cachedAnswerMaxAgeMs
  if (maxAgeMs === null) return null
  const nowMs = run.parts.clock.nowMs()
  const found = run.parts.recentAnswers.find(run.context.principal.accountId, body, { nowMs, maxAgeMs })
  if (!found || !isWithinRegion(run, found)) return null
  run.repeatedAgeS = Math.round((nowMs - found.atMs) / 1000)
  note(run, {
    deploymentId: found.deploymentId,
    code: 'repeated',
    text: `nothing else was left, so an answer to the same request from ${run.repeatedAgeS} s ago was repeated`,
  })
  run.last = null
  return found
}

/** An answer that another region gave is none for a request that requires its own. */
function isWithinRegion(
  { parts, plan: { requiredRegion } }: GatewayRun,
  { deploymentId }: RecentAnswer,
): boolean {
  return requiredRegion === null || parts.catalog().deployments.get(deploymentId)?.region === requiredRegion
}

/** Appends the simpler tier's candidates to the walk; false when there is none, or nothing new in it. */
function extendToFallbackTier(run: GatewayRun): boolean {
  const { tier } = run.plan.policy.whenExhausted
  const plan = tier === null ? null : run.planTier(tier)
  if (!plan) return false
  const known = new Set(run.walk.candidates.map(({ deploymentId }) => deploymentId))
  const added = walkCandidates(run.parts, plan).filter(({ deploymentId }) => !known.has(deploymentId))
  if (added.length === 0) return false
  run.walk.candidates = [...run.walk.candidates, ...added]
  run.plan = {
    ...plan,
    tier: run.plan.tier,
    policy: run.plan.policy,
    reasons: [...run.plan.reasons, ...plan.reasons],
  }
  note(run, {
    deploymentId: null,
    code: 'fallback',
    text: `nothing of the tier was left, so the simpler tier ${tier} was asked`,
  })
  return true
}

function note(run: GatewayRun, reason: RouteReason): void {
  run.plan = { ...run.plan, reasons: [...run.plan.reasons, reason] }
}
