import { classifyFailure } from '#lib/gateway/classify-failure'
import { isFinal } from '#lib/resilience/decide-next'
import type { AttemptResult, FailedAttempt } from '#server/gateway/attempt-once'
import type { GatewayRun } from '#server/gateway/gateway-run'
import { toAppError } from '#server/http/error-response'
import { pause } from '#server/resilience/pause'

/**
 * After how many milliseconds without a first token a second deployment is asked as well: the p95 of the first one's
 * recent first tokens. Null where the tier does not hedge or nobody else could be asked.
 * Source: Dean and Barroso, "The Tail at Scale", CACM 56(2), 2013 (hedged requests).
 */
export function hedgeDelayMs(run: GatewayRun, deploymentId: string): number | null {
  const { hedge } = run.plan.policy
  if (!hedge.enabled || !run.streamed || run.walk.candidates.length < 2) return null
  const seen = run.parts.gauges.firstTokenP95Ms(deploymentId)
  return seen && seen.samples >= hedge.minimumSamples ? seen.p95Ms : hedge.defaultDelayMs
}

type Start<Answer> = (signal: AbortSignal) => Promise<AttemptResult<Answer>>

/** A second deployment that took the call in and was not asked yet. */
export interface Rival<Answer> {
  start: Start<Answer>
  /** Gives back what it took. */
  leave(): void
}

export interface Race<Answer> {
  delayMs: number
  first: Start<Answer>
  /** Enters the second deployment; null when none can take it. */
  enterRival(): Promise<Rival<Answer> | null>
  /** Closes the one that failed or lost. */
  endFailed(result: FailedAttempt): Promise<void>
  discard(answer: Answer): void
}

/**
 * Runs the first attempt and, when it is slow, a second beside it: the first token wins, the loser is cancelled and has
 * ended when this does. A failure that nobody may follow ends both.
 */
export async function raceAttempts<Answer>(
  run: GatewayRun,
  race: Race<Answer>,
): Promise<AttemptResult<Answer>> {
  const first = startRunner(run, race.first)
  if (run.walk.attempts.length === 0) run.parts.hedges.sawStream(run.plan.tier, run.plan.policy.hedge)
  if (await isOverWithin(first, race.delayMs)) return first.result
  const second = await startSecond(run, race, first)
  if (!second) return first.result
  await Promise.race([first.over, second.over])
  const [winner, loser] = first.isOver() ? [first, second] : [second, first]
  const result = await winner.result.catch(async (thrown: unknown) => {
    await giveUp(run, race, loser)
    throw thrown
  })
  if (result.ok || isFinal(result.failure, run.plan.policy)) {
    await giveUp(run, race, loser)
    return result
  }
  await race.endFailed(result)
  return loser.result
}

interface Runner<Answer> {
  result: Promise<AttemptResult<Answer>>
  /** Settles with `result`, and never rejects. */
  over: Promise<void>
  isOver(): boolean
  cancel(): void
}

/** An attempt with an abort of its own that also follows the run's. */
function startRunner<Answer>(run: GatewayRun, start: Start<Answer>): Runner<Answer> {
  const abort = run.abort.fork()
  let isOver = false
  const result = start(abort.signal)
  const end = (isWon: boolean) => {
    isOver = true
    if (!isWon) abort.abort()
  }
  const over = result.then(
    ({ ok }) => end(ok),
    () => end(false),
  )
  return { result, over, isOver: () => isOver, cancel: abort.abort }
}

async function isOverWithin({ over, isOver }: Runner<unknown>, ms: number): Promise<boolean> {
  const waiting = new AbortController()
  await Promise.race([over, pause(ms, waiting.signal)])
  waiting.abort()
  return isOver()
}

/** The second attempt; null where the tier's share is used up, nobody can take it, or the first ended meanwhile. */
async function startSecond<Answer>(
  run: GatewayRun,
  race: Race<Answer>,
  first: Runner<Answer>,
): Promise<Runner<Answer> | null> {
  const { hedges } = run.parts
  const { tier } = run.plan
  if (!hedges.take(tier)) return null
  const rival = await race.enterRival().catch((thrown: unknown) => noteOwnError(run, thrown))
  if (rival && !first.isOver()) return startRunner(run, rival.start)
  rival?.leave()
  hedges.giveBack(tier)
  return null
}

async function giveUp<Answer>(run: GatewayRun, race: Race<Answer>, loser: Runner<Answer>): Promise<void> {
  loser.cancel()
  const result = await loser.result.catch((thrown: unknown) => noteOwnError(run, thrown))
  if (!result) return
  if (!result.ok) return race.endFailed(result)
  race.discard(result.answer)
  const failure = classifyFailure({ kind: 'cancelled' }, { provisioned: false, nowMs: 0 })
  await race.endFailed({ ok: false, failure, attempt: result.attempt, limits: null })
}

/** What fails of ours in a hedge must not cost the answer that the other attempt gives. */
function noteOwnError(run: GatewayRun, thrown: unknown): null {
  const { requestId, correlationId } = run.context
  run.parts.log.forError(toAppError(thrown), { requestId, correlationId })
  return null
}
