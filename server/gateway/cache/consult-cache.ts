import type { ChatRequestBody } from '#lib/contracts/openai'
import { trialSignature } from '#lib/experiments/trial-body'
import type { AnswerCacheRule } from '#lib/gateway/answer-cache-rules'
import { type UncacheableReason, uncacheableWords, whyUncacheable } from '#lib/gateway/cacheable-request'
import type { CacheResult, RouteReason } from '#lib/gateway/route-plan'
import type { AnswerKey, KeptAnswer } from '#server/gateway/cache/answer-store'
import type { Flight, Landing } from '#server/gateway/cache/flights'
import type { GatewayRun } from '#server/gateway/gateway-run'
import { pause } from '#server/resilience/pause'

/** What one request has to do with the kept answers. */
export interface CacheTicket {
  key: AnswerKey
  /** Null where no cache stands before the route: then answers are kept for the day when nothing else is left. */
  result: CacheResult | null
  why: UncacheableReason | null
  /** How long a new answer of this request is kept; 0 = not at all. */
  keepForMs: number
  /** Its equals wait for it. */
  flight: Flight | null
  /** Seconds since the answer that it got was made; null when it got a new one. */
  ageS: number | null
  /** Events of its stream, while they may have to be joined to a whole answer. */
  events: string[]
}

/**
 * Looks for an answer to the same request of the same account, or waits for one that is under way; null when a provider has
 * to be asked. Notes on the run what was found, once.
 */
export async function consultCache(run: GatewayRun, body: ChatRequestBody): Promise<KeptAnswer | null> {
  const { answers } = run.parts
  const rule = answers.ruleFor({ model: body.model, operation: run.context.tags.operation })
  const repeatForMs =
    run.cacheMode === 'bypass' ? 0 : (run.plan.policy.whenExhausted.cachedAnswerMaxAgeMs ?? 0)
  if (run.cache || (!rule && repeatForMs === 0)) return null
  const why = rule && whyUncacheable(body, rule, run.cacheMode)
  const ticket: CacheTicket = {
    key: answers.keyOf(run.context.principal.accountId, body, trialSignature(run.plan.trials)),
    result: rule ? (why ? 'bypass' : 'miss') : null,
    why,
    keepForMs: Math.max(repeatForMs, rule && !why ? rule.ttlSeconds * 1000 : 0),
    flight: null,
    ageS: null,
    events: [],
  }
  run.cache = ticket
  if (!rule) return null
  const found = why || run.cacheMode === 'refresh' ? null : await findOrLead(run, ticket, rule)
  if (found) noteFound(run, ticket, found)
  else
    noteCache(run, {
      text: why ? `not from the cache: ${whyWords[why]}` : 'no equal answer was kept',
      cache: why ? 'bypass' : 'miss',
    })
  return found
}

const whyWords: Readonly<Record<UncacheableReason, string>> = {
  ...uncacheableWords,
  asked: 'the caller asked for it',
  temperature: 'its temperature is above what the route keeps answers of',
}

async function findOrLead(
  run: GatewayRun,
  ticket: CacheTicket,
  rule: AnswerCacheRule,
): Promise<KeptAnswer | null> {
  const { flights } = run.parts.answers
  const waitUntilMs = run.parts.clock.monotonicMs() + patienceMs(run)
  for (;;) {
    const leader = flights.under(ticket.key)
    if (!leader) return lead(run, ticket, rule)
    const landing = await waitFor(run, leader, waitUntilMs)
    if (landing?.kind === 'left') continue
    return landing?.kind === 'answer' && isUsable(run, landing.answer, rule) ? landing.answer : null
  }
}

async function lead(run: GatewayRun, ticket: CacheTicket, rule: AnswerCacheRule): Promise<KeptAnswer | null> {
  const flight = run.parts.answers.flights.begin(ticket.key)
  ticket.flight = flight
  const found = await run.parts.answers.store.get(ticket.key)
  if (!found || !isUsable(run, found, rule)) return null
  flight.land({ kind: 'answer', answer: found })
  return found
}

/** A follower would rather ask than hear nothing for as long as a provider may be silent. */
function patienceMs({ streamed, plan: { limits } }: GatewayRun): number {
  return Math.min(streamed ? limits.firstTokenMs : limits.attemptTimeoutMs, limits.deadlineMs / 2)
}

async function waitFor(run: GatewayRun, flight: Flight, untilMs: number): Promise<Landing | null> {
  const { clock } = run.parts
  const startedMs = clock.monotonicMs()
  const over = new AbortController()
  const late = pause(Math.max(0, untilMs - startedMs), AbortSignal.any([over.signal, run.abort.signal]))
  try {
    return await Promise.race([flight.landed, late.then(() => null)])
  } finally {
    over.abort()
    run.providerMs += clock.monotonicMs() - startedMs
  }
}

/** Young enough, and from where the request must be served. */
function isUsable(run: GatewayRun, answer: KeptAnswer, { ttlSeconds }: AnswerCacheRule): boolean {
  return run.parts.clock.nowMs() - answer.atMs < ttlSeconds * 1000 && isWithinRegion(run, answer)
}

/** An answer that another region gave is none for a request that requires its own. */
export function isWithinRegion(
  { parts, plan: { requiredRegion } }: GatewayRun,
  { deploymentId }: KeptAnswer,
): boolean {
  return requiredRegion === null || parts.catalog().deployments.get(deploymentId)?.region === requiredRegion
}

function noteFound(run: GatewayRun, ticket: CacheTicket, found: KeptAnswer): void {
  const ageS = Math.max(0, Math.round((run.parts.clock.nowMs() - found.atMs) / 1000))
  ticket.result = 'hit'
  ticket.ageS = ageS
  noteCache(run, {
    deploymentId: found.deploymentId,
    text: `an equal request of this account was answered ${ageS} s ago`,
    cache: 'hit',
    ...(found.costPicoUsd === null ? {} : { savedPicoUsd: found.costPicoUsd }),
  })
}

/** Adds to the plan's reasons what the cache did; the last word counts. */
export function noteCache(
  run: GatewayRun,
  note: Pick<RouteReason, 'text' | 'cache' | 'savedPicoUsd'> & { deploymentId?: string },
): void {
  const others = run.plan.reasons.filter(({ cache }) => cache === undefined)
  run.plan = { ...run.plan, reasons: [...others, { deploymentId: null, code: 'cache', ...note }] }
}
