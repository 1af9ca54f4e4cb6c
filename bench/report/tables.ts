import type { Bar } from '#bench/report/judge-bar'
import type { AnswersSummary, StreamsSummary, Summary } from '#bench/report/summarise'
import { CONTENDERS, type ContenderName } from '#bench/servers/contenders'

/** A table of texts, rendered for the terminal or as Markdown. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Lines below the table. */
  readonly notes?: readonly string[]
}

const label = (name: ContenderName) => CONTENDERS[name].label
const ms = (us: number | undefined) => (us === undefined || Number.isNaN(us) ? '–' : (us / 1000).toFixed(2))
const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })

function ratio(value: number, base: number | undefined): string {
  return base === undefined || base === 0 || !Number.isFinite(value / base)
    ? '–'
    : `${(value / base).toFixed(2)}×`
}

function answersTable(rows: readonly AnswersSummary[]): Table {
  const portkeyAt = (connections: number) =>
    rows.find((row) => row.server === 'portkey' && row.connections === connections)
  return {
    title: 'Answers that do not stream (medians over the rounds; "added": over the raw upstream)',
    columns: [
      'conn',
      'server',
      'CPU ms/req',
      "of Portkey's",
      'req/s',
      "of Portkey's",
      'p50 ms',
      'p99 ms',
      'added p50',
      'added p99',
      'requests',
      'failed',
    ],
    rows: rows.map((row) => {
      const portkey = portkeyAt(row.connections)
      return [
        String(row.connections),
        label(row.server),
        row.cpuMsPerRequest.toFixed(3),
        ratio(row.cpuMsPerRequest, portkey?.cpuMsPerRequest),
        count(row.requestsPerSecond),
        ratio(row.requestsPerSecond, portkey?.requestsPerSecond),
        ms(row.p50Us),
        ms(row.p99Us),
        row.server === 'upstream' ? '–' : ms(row.addedP50Us),
        row.server === 'upstream' ? '–' : ms(row.addedP99Us),
        count(row.requests),
        count(row.failures),
      ]
    }),
    notes: failureNotes(rows),
  }
}

/** A server whose streams all failed shows dashes and, in the notes, its failure; not zeros. */
function streamCells(row: StreamsSummary): string[] {
  if (row.failures === row.streams) return Array.from({ length: 9 }, () => '–')
  const isRaw = row.server === 'upstream'
  return [
    ms(row.ttftP50Us),
    ms(row.ttftP95Us),
    isRaw ? '–' : ms(row.addedTtftP50Us),
    isRaw ? '–' : ms(row.addedTtftP95Us),
    ms(row.gapP50Us),
    ms(row.gapP99Us),
    isRaw ? '–' : ms(row.addedTransitP50Us),
    isRaw ? '–' : ms(row.addedTransitP99Us),
    row.cpuMsPerStream.toFixed(2),
  ]
}

interface Failing {
  readonly server: ContenderName
  readonly failures: number
  readonly firstFailure?: string
}

/** One line a server that failed, with its first failure. */
function failureNotes(rows: readonly Failing[]): string[] {
  const failing = rows.filter((row) => row.failures > 0)
  return failing.map(
    (row) => `${label(row.server)}: ${count(row.failures)} failed, the first with ${row.firstFailure}`,
  )
}

function streamsTable(title: string, rows: readonly StreamsSummary[]): Table {
  return {
    title,
    columns: [
      'server',
      'TTFT p50 ms',
      'p95',
      'added p50',
      'added p95',
      'gap p50 ms',
      'p99',
      'chunk delay added p50',
      'p99',
      'CPU ms/stream',
      'streams',
      'failed',
    ],
    rows: rows.map((row) => [
      label(row.server),
      ...streamCells(row),
      count(row.streams),
      count(row.failures),
    ]),
    notes: failureNotes(rows),
  }
}

function memoryTable(summary: Summary): Table {
  const marks = summary.memory[0]?.marks ?? []
  return {
    title: 'Resident memory of a fresh process, MiB',
    columns: ['server', 'idle', ...marks.map((mark) => `after ${count(mark)}`), 'growth', 'failed'],
    rows: summary.memory.map((row) => [
      label(row.server),
      row.idleMib.toFixed(0),
      ...row.residentMib.map((value) => value.toFixed(0)),
      ((row.residentMib.at(-1) ?? 0) - (row.residentMib[0] ?? 0)).toFixed(0),
      count(row.failures),
    ]),
    notes: failureNotes(summary.memory),
  }
}

function startUpTable(summary: Summary): Table {
  return {
    title: 'Start to ready, fresh data directory (median)',
    columns: ['server', 'ms', 'starts'],
    rows: summary.startUp.map((row) => [
      label(row.server),
      row.medianMs.toFixed(0),
      String(row.startUpMs.length),
    ]),
  }
}

/** What the stream phases did, for their titles. */
export interface StreamTitles {
  readonly streams: string
  readonly concurrentStreams: string
}

/** The tables of a run; a phase that did not run has none. */
export function buildTables(summary: Summary, titles: StreamTitles): Table[] {
  const tables = [
    answersTable(summary.answers),
    streamsTable(titles.streams, summary.streams),
    streamsTable(titles.concurrentStreams, summary.concurrentStreams),
    memoryTable(summary),
    startUpTable(summary),
  ]
  return tables.filter((table) => table.rows.length > 0)
}

export function buildBarsTable(bars: readonly Bar[]): Table {
  return {
    title: 'Bars',
    columns: ['bar', 'limit', 'measured', 'verdict'],
    rows: bars.map((bar) => [
      bar.name,
      bar.limit,
      bar.measured ?? '–',
      bar.verdict === 'miss' ? 'MISS' : bar.verdict,
    ]),
  }
}
