import type { ChatRequestBody } from '#lib/contracts/openai'
import type { RouteReason } from '#lib/gateway/route-plan'
import type { AttemptWork } from '#server/gateway/attempt-once'
import type { KeptAnswer } from '#server/gateway/cache/answer-store'
import { consultCache, isWithinRegion, noteCache } from '#server/gateway/cache/consult-cache'
import { type GatewayRun, type OpenAttempt, walkCandidates } from '#server/gateway/gateway-run'
import { runAttempts } from '#server/gateway/run-attempts'

export type Asked<Answer> =
  | { kind: 'answer'; answer: Answer; attempt: OpenAttempt }
  | { kind: 'repeated'; answer: KeptAnswer }

/**
 * Gives an answer from the cache where the route has one; else asks the plan's candidates and, when nothing of it is left, does what the tier's policy allows: repeats a recent answer
 * to the same request, then asks the configured simpler tier. Null when the caller must hear an error.
 */
export async function askWithFallbacks<Answer>(
  run: GatewayRun,
  body: ChatRequestBody,
  work: AttemptWork<Answer>,
): Promise<Asked<Answer> | null> {
  const kept = await consultCache(run, body)
  if (kept) return { kind: 'repeated', answer: kept }
  const first = await runAttempts(run, work)
  if (first) return { kind: 'answer', ...first }
  if (!isExhausted(run)) return null
  const repeated = await findRecentAnswer(run)
  if (repeated) return { kind: 'repeated', answer: repeated }
  if (!extendToFallbackTier(run)) return null
  const second = await runAttempts(run, work)
  return second && { kind: 'answer', ...second }
}

/** Did the run end because nobody was left, and not because of the caller, the clock or the request itself? */
function isExhausted(run: GatewayRun): boolean {
  return !run.abort.signal.aborted && run.stopped === 'exhausted'
}

async function findRecentAnswer(run: GatewayRun): Promise<KeptAnswer | null> {
  const maxAgeMs = run.plan.policy.whenExhausted.cachedAnswerMaxAgeMs
  const ticket = run.cache
  if (maxAgeMs === null || ticket === null || run.cacheMode === 'bypass') return null
  const found = await run.parts.answers.store.get(ticket.key)
  const ageMs = found ? run.parts.clock.nowMs() - found.atMs : 0
  if (!found || ageMs > maxAgeMs || !isWithinRegion(run, found)) return null
  ticket.result = 'stale'
  ticket.ageS = Math.round(ageMs / 1000)
  noteCache(run, {
    deploymentId: found.deploymentId,
    text: `nothing else was left, so an answer to the same request from ${ticket.ageS} s ago was repeated`,
    cache: 'stale',
  })
  run.last = null
  return found
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
    traffic: run.plan.traffic,
    trials: run.plan.trials,
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
