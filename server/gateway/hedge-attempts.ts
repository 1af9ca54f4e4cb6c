import { classifyFailure } from '#lib/gateway/classify-failure'
import type { GatewayRun } from '#server/gateway/gateway-run'
import type { AttemptResult } from '#server/gateway/run-attempts'
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
type Failed<Answer> = Extract<AttemptResult<Answer>, { ok: false }>

export interface Race<Answer> {
  delayMs: number
  first: Start<Answer>
  /** Enters the second deployment; null when none can take it. */
  second(): Promise<Start<Answer> | null>
  /** Closes the one that failed or lost. */
  endFailed(result: Failed<Answer>): Promise<void>
  discard(answer: Answer): void
}

/** Runs the first attempt and, when it is slow, a second beside it: the first token wins, the loser is cancelled. */
export async function raceAttempts<Answer>(
  run: GatewayRun,
  race: Race<Answer>,
): Promise<AttemptResult<Answer>> {
  const { hedges } = run.parts
  hedges.sawStream(run.plan.tier, run.plan.policy.hedge)
  const first = startRunner(run, race.first)
  const early = await firstOrDelay(first, race.delayMs)
  if (early) return early
  const enter = hedges.mayHedge(run.plan.tier) ? await race.second() : null
  if (!enter) return first.result
  hedges.tookHedge(run.plan.tier)
  const second = startRunner(run, enter)
  const winner = await Promise.race([first.result.then(() => first), second.result.then(() => second)])
  const loser = winner === first ? second : first
  const result = await winner.result
  if (result.ok) await giveUp(loser, race)
  else await race.endFailed(result)
  return result.ok ? result : loser.result
}

interface Runner<Answer> {
  result: Promise<AttemptResult<Answer>>
  cancel(): void
}

/** An attempt with an abort of its own that also follows the run's. */
function startRunner<Answer>(run: GatewayRun, start: Start<Answer>): Runner<Answer> {
  const controller = new AbortController()
  const cancel = () => controller.abort()
  if (run.abort.signal.aborted) cancel()
  else run.abort.signal.addEventListener('abort', cancel, { once: true })
  return { result: start(controller.signal), cancel }
}

async function firstOrDelay<Answer>(
  first: Runner<Answer>,
  delayMs: number,
): Promise<AttemptResult<Answer> | null> {
  const over = new AbortController()
  const early = await Promise.race([first.result, pause(delayMs, over.signal).then(() => null)])
  over.abort()
  return early
}

async function giveUp<Answer>(loser: Runner<Answer>, race: Race<Answer>): Promise<void> {
  loser.cancel()
  const result = await loser.result
  if (!result.ok) return race.endFailed(result)
  race.discard(result.answer)
  const failure = classifyFailure({ kind: 'cancelled' }, { provisioned: false, nowMs: 0 })
  await race.endFailed({ ok: false, failure, attempt: result.attempt })
}
