import type { AnswersSample } from '#bench/phases/measure-answers'
import type { MemorySample } from '#bench/phases/measure-memory'
import type { StartUpSample } from '#bench/phases/measure-start-up'
import type { StreamsSample } from '#bench/phases/measure-streams'
import { median } from '#bench/report/median'
import type { ContenderName } from '#bench/servers/contenders'

/** Everything one run measured. */
export interface Samples {
  readonly answers: readonly AnswersSample[]
  readonly streams: readonly StreamsSample[]
  readonly concurrentStreams: readonly StreamsSample[]
  readonly memory: readonly MemorySample[]
  readonly startUp: readonly StartUpSample[]
}

/** Medians over the rounds. `added…`: over the raw upstream of the same round; undefined without it. */
export interface AnswersSummary {
  readonly server: ContenderName
  readonly connections: number
  readonly requests: number
  readonly failures: number
  readonly firstFailure?: string
  readonly cpuMsPerRequest: number
  readonly requestsPerSecond: number
  readonly p50Us: number
  readonly p99Us: number
  readonly addedP50Us?: number
  readonly addedP99Us?: number
}

export interface StreamsSummary {
  readonly server: ContenderName
  readonly streams: number
  readonly failures: number
  readonly firstFailure?: string
  readonly cpuMsPerStream: number
  readonly ttftP50Us: number
  readonly ttftP95Us: number
  readonly addedTtftP50Us?: number
  readonly addedTtftP95Us?: number
  readonly gapP50Us: number
  readonly gapP99Us: number
  readonly addedTransitP50Us?: number
  readonly addedTransitP99Us?: number
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)]
}

interface Rounded {
  readonly server: ContenderName
  readonly round: number
}

/** The median over the rounds of a measure's difference to the raw upstream in the same round. */
function addedOver<Sample extends Rounded>(
  all: readonly Sample[],
  server: ContenderName,
  read: (sample: Sample) => number,
): number | undefined {
  const raw = new Map(
    all.filter((sample) => sample.server === 'upstream').map((sample) => [sample.round, read(sample)]),
  )
  const differences = all
    .filter((sample) => sample.server === server)
    .map((sample) => read(sample) - (raw.get(sample.round) ?? Number.NaN))
  return differences.length > 0 && differences.every(Number.isFinite) ? median(differences) : undefined
}

export function summariseAnswers(samples: readonly AnswersSample[]): AnswersSummary[] {
  const groups = unique(samples.map((sample) => sample.connections)).map((connections) =>
    samples.filter((sample) => sample.connections === connections),
  )
  return groups.flatMap((group) =>
    unique(group.map((sample) => sample.server)).map((server) => {
      const own = group.filter((sample) => sample.server === server)
      const results = own.map((sample) => sample.result)
      return {
        server,
        connections: own[0]?.connections ?? 0,
        requests: sum(results.map((result) => result.requests)),
        failures: sum(results.map((result) => result.failures)),
        firstFailure: results.find((result) => result.firstFailure !== undefined)?.firstFailure,
        cpuMsPerRequest: median(results.map((result) => result.cpuMs / result.requests)),
        requestsPerSecond: median(
          results.map((result) => (result.requests - result.failures) / result.seconds),
        ),
        p50Us: median(results.map((result) => result.latency.p50Us)),
        p99Us: median(results.map((result) => result.latency.p99Us)),
        addedP50Us: addedOver(group, server, (sample) => sample.result.latency.p50Us),
        addedP99Us: addedOver(group, server, (sample) => sample.result.latency.p99Us),
      }
    }),
  )
}

export function summariseStreams(samples: readonly StreamsSample[]): StreamsSummary[] {
  return unique(samples.map((sample) => sample.server)).map((server) => {
    const results = samples.filter((sample) => sample.server === server).map((sample) => sample.result)
    return {
      server,
      streams: sum(results.map((result) => result.requests)),
      failures: sum(results.map((result) => result.failures)),
      firstFailure: results.find((result) => result.firstFailure !== undefined)?.firstFailure,
      cpuMsPerStream: median(results.map((result) => result.cpuMs / result.requests)),
      ttftP50Us: median(results.map((result) => result.ttft.p50Us)),
      ttftP95Us: median(results.map((result) => result.ttft.p95Us)),
      addedTtftP50Us: addedOver(samples, server, (sample) => sample.result.ttft.p50Us),
      addedTtftP95Us: addedOver(samples, server, (sample) => sample.result.ttft.p95Us),
      gapP50Us: median(results.map((result) => result.gap.p50Us)),
      gapP99Us: median(results.map((result) => result.gap.p99Us)),
      addedTransitP50Us: addedOver(samples, server, (sample) => sample.result.transit.p50Us),
      addedTransitP99Us: addedOver(samples, server, (sample) => sample.result.transit.p99Us),
    }
  })
}

/** What the report, the bars and the JSON file are made of. */
export interface Summary {
  readonly answers: readonly AnswersSummary[]
  readonly streams: readonly StreamsSummary[]
  readonly concurrentStreams: readonly StreamsSummary[]
  readonly memory: readonly MemorySample[]
  readonly startUp: readonly (StartUpSample & { readonly medianMs: number })[]
}

export function summarise(samples: Samples): Summary {
  return {
    answers: summariseAnswers(samples.answers),
    streams: summariseStreams(samples.streams),
    concurrentStreams: summariseStreams(samples.concurrentStreams),
    memory: samples.memory,
    startUp: samples.startUp.map((sample) => ({ ...sample, medianMs: median(sample.startUpMs) })),
  }
}
