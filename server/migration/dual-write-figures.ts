import type { DualWritePair } from '#server/migration/dual-write-pairs'
import type { StreamBacklog } from '#server/migration/read-dual-write'
import type { RelayRound } from '#server/migration/relay-outbox'

/** A stream for metrics. Counts are this instance's since its start; the rest is the whole stream's when it was last looked at. */
export interface StreamFigures {
  stream: string
  delivered: number
  failed: number
  /** Changes that wait for the second store. */
  waiting: number
  /** Age of the oldest of them, seconds; 0 when none waits. */
  lagSeconds: number
  /** Differences that nobody has repaired. */
  openMismatches: number
}

/** What metrics say of dual-write, read without asking the database. */
export interface DualWriteFigures {
  note(stream: string, round: RelayRound): void
  saw(backlogs: readonly StreamBacklog[]): void
  read(nowMs: number): StreamFigures[]
}

export function createDualWriteFigures(pairs: readonly Pick<DualWritePair, 'stream'>[]): DualWriteFigures {
  const counts = new Map(pairs.map(({ stream }) => [stream, { delivered: 0, failed: 0 }]))
  let seen: readonly StreamBacklog[] = []
  return {
    note(stream, round) {
      const { delivered, failed } = counts.get(stream) ?? { delivered: 0, failed: 0 }
      counts.set(stream, { delivered: delivered + round.delivered, failed: failed + round.failed })
    },
    saw(backlogs) {
      seen = backlogs
    },
    read: (nowMs) =>
      [...counts].map(([stream, count]) => {
        const backlog = seen.find((one) => one.stream === stream)
        const oldest = backlog?.waiting?.oldest
        return {
          stream,
          ...count,
          waiting: backlog?.waiting?.waiting ?? 0,
          lagSeconds: oldest ? Math.max(0, (nowMs - oldest.getTime()) / 1000) : 0,
          openMismatches: backlog?.openMismatches ?? 0,
        }
      }),
  }
}
