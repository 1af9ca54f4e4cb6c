import type { AnswerKey, KeptAnswer } from '#server/gateway/cache/answer-store'

/**
 * How the request ended that others waited for: with an answer for all, without one, or left by its own caller before
 * anybody could know.
 */
export type Landing = { kind: 'answer'; answer: KeptAnswer } | { kind: 'nothing' } | { kind: 'left' }

/** One request under way whose equals wait for it. */
export interface Flight {
  /** Settles always; never rejects. */
  landed: Promise<Landing>
  /** Only the first call counts. From then on the next equal begins a flight of its own. */
  land(landing: Landing): void
}

/** Requests under way at this instance, by what they ask. */
export interface Flights {
  under(key: AnswerKey): Flight | null
  begin(key: AnswerKey): Flight
  count(): number
}

export function createFlights(): Flights {
  const underWay = new Map<string, Flight>()
  const nameOf = ({ accountId, hash }: AnswerKey) => `${accountId}\0${hash}`
  return {
    under: (key) => underWay.get(nameOf(key)) ?? null,
    begin(key) {
      const { promise, resolve } = Promise.withResolvers<Landing>()
      const flight: Flight = {
        landed: promise,
        land(landing) {
          if (underWay.get(nameOf(key)) === flight) underWay.delete(nameOf(key))
          resolve(landing)
        },
      }
      underWay.set(nameOf(key), flight)
      return flight
    },
    count: () => underWay.size,
  }
}
