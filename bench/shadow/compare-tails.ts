/** Blocks of times, ms: one a round, in the order of the rounds. */
export type Rounds = readonly (readonly number[])[]

export interface TailDifference {
  /** Of all times together, ms. */
  ms: number
  /** In nine of ten repetitions with rounds drawn anew the difference lay between these, ms. */
  lowMs: number
  highMs: number
}

const resamples = 1_000

export function quantile(times: readonly number[], q: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(q * (times.length - 1))] ?? Number.NaN
}

/**
 * How much later the 95th percentile of `times` comes than that of `reference`, which stood beside it in each round. Rounds are
 * resampled whole, since what disturbs a machine disturbs neighbours together (cluster bootstrap: Efron and Tibshirani 1993, §8).
 */
export function compareTails(times: Rounds, reference: Rounds, random: () => number): TailDifference {
  const tail = (of: Rounds, rounds: readonly number[]) =>
    quantile(
      rounds.flatMap((round) => of[round] ?? []),
      0.95,
    )
  const difference = (rounds: readonly number[]) => tail(times, rounds) - tail(reference, rounds)
  const rounds = times.map((_, round) => round)
  const drawn = Array.from({ length: resamples }, () =>
    difference(rounds.map(() => Math.floor(random() * rounds.length))),
  )
  return { ms: difference(rounds), lowMs: quantile(drawn, 0.05), highMs: quantile(drawn, 0.95) }
}
