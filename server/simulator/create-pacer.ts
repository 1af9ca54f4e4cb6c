import { setTimeout as wait } from 'node:timers/promises'
import type { LatencyModel } from '#lib/contracts/simulator'
import type { SeededRandom } from '#lib/simulator/create-seeded-random'

/** Makes an answer take its time. Waits reject with an AbortError as soon as the exchange ends. */
export interface Pacer {
  firstToken(): Promise<void>
  /** Resolves when the next token is due; undefined = it is due now, without a timer. */
  nextToken(): Promise<void> | undefined
  /** Time a whole answer of so many tokens takes. */
  wholeAnswer(tokens: number): Promise<void>
  /** A wait of exactly this long. */
  pause(ms: number): Promise<void>
}

const SHORTEST_TIMER_MS = 1

/** `extraMs` comes on top of the first token. */
export function createPacer(options: {
  model: LatencyModel
  random: SeededRandom
  signal: AbortSignal
  extraMs: number
}): Pacer {
  const { model, random, signal, extraMs } = options
  const varied = (value: number) => value * (1 + model.jitter * (2 * random.next() - 1))
  const perTokenMs = Number.isFinite(model.tokensPerSecond) ? 1000 / model.tokensPerSecond : 0
  let owedMs = 0
  const pause = async (ms: number) => {
    if (ms > 0) await wait(ms, undefined, { signal })
  }
  const settleDebt = async () => {
    const startedAt = performance.now()
    await pause(owedMs)
    owedMs -= performance.now() - startedAt
  }
  return {
    pause,
    firstToken: () => pause(varied(model.firstTokenMs) + extraMs),
    nextToken: () => {
      if (perTokenMs === 0) return undefined
      owedMs += varied(perTokenMs)
      return owedMs >= SHORTEST_TIMER_MS ? settleDebt() : undefined
    },
    wholeAnswer: (tokens) => pause(varied(model.firstTokenMs) + extraMs + varied(perTokenMs * tokens)),
  }
}
