import { joinChunks } from '#lib/gateway/join-chunks'
import type { FinishReason } from '#lib/gateway/usage'
import type { KeptAnswer } from '#server/gateway/cache/answer-store'
import type { GatewayRun, OpenAttempt } from '#server/gateway/gateway-run'

/** Answers that ended by themselves or at their limit; others are for their own caller alone. */
const kept: ReadonlySet<FinishReason | null> = new Set(['stop', 'length'])

export interface NewAnswer {
  attempt: OpenAttempt
  finishReason: FinishReason | null
  /** JSON text of the whole answer; null = it streamed, and the run has its events. */
  text: string | null
}

/** Keeps a whole new answer whose attempt has ended, where its route or its tier's policy says so, and hands it to those who wait for it. */
export function keepAnswer(run: GatewayRun, answer: NewAnswer): void {
  const ticket = run.cache
  if (!ticket || ticket.keepForMs === 0) return
  const found = kept.has(answer.finishReason) ? wholeAnswer(run, answer, ticket.events) : null
  ticket.events = []
  if (!found) return
  void run.parts.answers.store.set(ticket.key, found, ticket.keepForMs)
  ticket.flight?.land({ kind: 'answer', answer: found })
}

function wholeAnswer(
  run: GatewayRun,
  { attempt, text }: NewAnswer,
  events: readonly string[],
): KeptAnswer | null {
  const whole = text ?? joinChunks(events)
  if (whole === null) return null
  return {
    text: whole,
    deploymentId: attempt.deployment.id,
    atMs: run.parts.clock.nowMs(),
    costPicoUsd: run.attempts.at(-1)?.costPicoUsd ?? null,
  }
}

/** The run is over: whoever still waits for its answer learns that none will come. */
export function endFlight(run: GatewayRun): void {
  const cause = run.abort.cause()
  run.cache?.flight?.land({ kind: cause === 'caller' || cause === 'shutdown' ? 'left' : 'nothing' })
}
