import type { AnswersLoad } from '#bench/phases/measure-answers'
import type { StreamsLoad } from '#bench/phases/measure-streams'

/** How much of everything one run does. */
export interface Loads {
  readonly answers: readonly AnswersLoad[]
  readonly streams: StreamsLoad
  readonly concurrentStreams: StreamsLoad
  readonly starts: number
}

const full = (rounds: number): Loads => ({
  answers: [
    { connections: 1, requests: 4_000, firstWarmupRequests: 3_000, warmupRequests: 500 },
    { connections: 16, requests: 12_000, firstWarmupRequests: 5_000, warmupRequests: 1_000 },
    { connections: 64, requests: 12_000, firstWarmupRequests: 3_000, warmupRequests: 1_000 },
  ],
  streams: { connections: 20, streams: 300, warmupStreams: 60, tokens: 40, intervalMs: 5, rounds },
  concurrentStreams: {
    connections: 200,
    streams: 200,
    warmupStreams: 0,
    tokens: 200,
    intervalMs: 20,
    rounds: 1,
  },
  starts: 3,
})

const quick = (rounds: number): Loads => ({
  answers: [
    { connections: 1, requests: 1_500, firstWarmupRequests: 2_000, warmupRequests: 300 },
    { connections: 16, requests: 5_000, firstWarmupRequests: 3_000, warmupRequests: 500 },
    { connections: 64, requests: 5_000, firstWarmupRequests: 1_000, warmupRequests: 500 },
  ],
  streams: { connections: 20, streams: 80, warmupStreams: 20, tokens: 40, intervalMs: 5, rounds },
  concurrentStreams: {
    connections: 200,
    streams: 200,
    warmupStreams: 0,
    tokens: 200,
    intervalMs: 20,
    rounds: 1,
  },
  starts: 1,
})

export function chooseLoads(isQuick: boolean, rounds: number): Loads {
  return isQuick ? quick(rounds) : full(rounds)
}
