import { type Bar, judgeBar } from '#bench/report/judge-bar'
import type { Summary } from '#bench/report/summarise'
import type { ContenderName } from '#bench/servers/contenders'

const asRatio = (value: number) => `${value.toFixed(2)}×`
const asMs = (value: number) => `${value.toFixed(2)} ms`
const asMib = (value: number) => `${value.toFixed(0)} MB`
const asCount = (value: number) => String(value)

function divide(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined || whole <= 0 ? undefined : part / whole
}

function answersAt(summary: Summary, server: ContenderName, connections: number) {
  return summary.answers.find((row) => row.server === server && row.connections === connections)
}

function judgeLoads(summary: Summary): Bar[] {
  return [16, 64].flatMap((connections) => {
    const ours = answersAt(summary, 'huntaze', connections)
    const portkey = answersAt(summary, 'portkey', connections)
    return [
      judgeBar({
        name: `CPU a request, ${connections} connections, of Portkey's`,
        limit: '≤ 0.50×',
        value: divide(ours?.cpuMsPerRequest, portkey?.cpuMsPerRequest),
        isWithin: (value) => value <= 0.5,
        format: asRatio,
      }),
      judgeBar({
        name: `throughput, ${connections} connections, of Portkey's`,
        limit: '≥ 2.00×',
        value: divide(ours?.requestsPerSecond, portkey?.requestsPerSecond),
        isWithin: (value) => value >= 2,
        format: asRatio,
      }),
    ]
  })
}

function judgeLatency(summary: Summary): Bar[] {
  const ours = answersAt(summary, 'huntaze', 1)
  const portkey = answersAt(summary, 'portkey', 1)
  const ttft = summary.streams.find((row) => row.server === 'huntaze')?.addedTtftP95Us
  return [
    judgeBar({
      name: 'added latency p50, 1 connection',
      limit: '≤ 2 ms',
      value: ours?.addedP50Us === undefined ? undefined : ours.addedP50Us / 1000,
      isWithin: (value) => value <= 2,
      format: asMs,
    }),
    judgeBar({
      name: "added latency p99, 1 connection, of Portkey's",
      limit: '≤ 1.50×',
      value: divide(ours?.addedP99Us, portkey?.addedP99Us),
      isWithin: (value) => value <= 1.5,
      format: asRatio,
    }),
    judgeBar({
      name: 'added time to first token p95',
      limit: '≤ 5 ms',
      value: ttft === undefined ? undefined : ttft / 1000,
      isWithin: (value) => value <= 5,
      format: asMs,
    }),
  ]
}

function judgeSoundness(summary: Summary): Bar[] {
  const concurrent = summary.concurrentStreams.find((row) => row.server === 'huntaze')
  const failures = [...summary.answers, ...summary.streams, ...summary.memory].filter(
    (row) => row.server === 'huntaze',
  )
  const compared = summary.answers.filter((row) => row.server !== 'huntaze')
  const memory = summary.memory.find((row) => row.server === 'huntaze')
  const first = memory?.residentMib[0]
  const last = memory?.residentMib.at(-1)
  return [
    judgeBar({
      name: 'failed of 200 concurrent streams of 200 tokens',
      limit: '0',
      value: concurrent?.failures,
      isWithin: (value) => value === 0,
      format: asCount,
    }),
    judgeBar({
      name: 'failed requests and streams otherwise',
      limit: '0',
      value: failures.length === 0 ? undefined : failures.reduce((total, row) => total + row.failures, 0),
      isWithin: (value) => value === 0,
      format: asCount,
    }),
    judgeBar({
      name: 'failed requests of the servers compared with',
      limit: '0',
      value: compared.length === 0 ? undefined : compared.reduce((total, row) => total + row.failures, 0),
      isWithin: (value) => value === 0,
      format: asCount,
    }),
    judgeBar({
      name: `memory growth from ${memory?.marks[0] ?? 100_000} to ${memory?.marks.at(-1) ?? 300_000} requests`,
      limit: '≤ 60 MB',
      value:
        first === undefined || last === undefined || memory?.marks.length === 1 ? undefined : last - first,
      isWithin: (value) => value <= 60,
      format: asMib,
    }),
    judgeBar({
      name: 'start to ready, fresh data directory',
      limit: '≤ 8000 ms',
      value: summary.startUp.find((row) => row.server === 'huntaze')?.medianMs,
      isWithin: (value) => value <= 8000,
      format: (value) => `${value.toFixed(0)} ms`,
    }),
  ]
}

/** The bars of one run, in the order of the table. A bar this run did not measure is no miss. */
export function judgeBars(summary: Summary): Bar[] {
  return [...judgeLoads(summary), ...judgeLatency(summary), ...judgeSoundness(summary)]
}
