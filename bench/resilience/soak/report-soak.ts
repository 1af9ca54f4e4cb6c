import { type Bar, judgeBar } from '#bench/report/judge-bar'
import { median } from '#bench/report/median'
import type { Table } from '#bench/report/tables'
import type { SoakMeasures } from '#bench/resilience/soak/measure-soak'
import { countHeld } from '#bench/resilience/soak/rest-state'

/** Sockets and timers of work that goes on by itself come and go. */
const HANDLE_TOLERANCE = 4
const MINUTE_S = 60

const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
const mib = (value: number) => `${value.toFixed(0)} MB`
const isNone = (value: number) => value === 0

/** The median of a minute's looks; NaN when there was no such minute. */
function residentIn({ memory }: SoakMeasures, fromS: number): number {
  return median(
    memory.filter(({ atS }) => atS >= fromS && atS < fromS + MINUTE_S).map(({ residentMib }) => residentMib),
  )
}

/** From the third minute to the last; judged only when there are two minutes between them. */
function residentGrowth(measures: SoakMeasures): number | undefined {
  if (measures.minutes < 4) return undefined
  return residentIn(measures, (measures.minutes - 1) * MINUTE_S) - residentIn(measures, 2 * MINUTE_S)
}

function resourceGrowth({ before, after }: SoakMeasures): number {
  const kinds = new Set([...Object.keys(before.resources), ...Object.keys(after.resources)])
  return Math.max(...[...kinds].map((kind) => (after.resources[kind] ?? 0) - (before.resources[kind] ?? 0)))
}

function outcomesTable({ outcomes, minutes, result }: SoakMeasures): Table {
  return {
    title: `Soak of ${minutes} min: what callers got (${count(result.requests / result.seconds)} calls a second)`,
    columns: ['call', 'got', 'detail', 'times'],
    rows: outcomes.map(({ kind, outcome, detail, times }) => [kind, outcome, detail || '–', count(times)]),
  }
}

function faultsTable({ plays, failureClasses, transitions }: SoakMeasures): Table {
  const opened = transitions.filter(({ toPhase }) => toPhase === 'open')
  const row = (what: string, name: string, times: number) => [what, name, count(times)]
  return {
    title: 'Soak: faults played, attempts by failure, breakers opened',
    columns: ['what', 'name', 'times'],
    rows: [
      ...Object.entries(plays).map(([name, times]) => row('played', name, times)),
      ...Object.entries(failureClasses).map(([name, times]) => row('attempts', name, times)),
      ...opened.map(({ deploymentId, signal, times }) => row('opened', `${deploymentId}, ${signal}`, times)),
    ],
  }
}

function booksTable({ comparison }: SoakMeasures): Table {
  const { calls, entries, attempts, received, differences } = comparison
  return {
    title: 'Soak: callers, ledger and upstreams',
    columns: ['count', 'times'],
    rows: [
      ['calls sent, warm-up included', count(calls)],
      ['ledger rows (callers that left may have none)', count(entries)],
      ['attempts in the ledger', count(attempts)],
      ['requests at the upstreams', count(received)],
      ...differences.map(({ name, times }) => [name, count(times)]),
    ],
    notes: differences.flatMap(({ name, examples }) => examples.map((example) => `${name}: ${example}`)),
  }
}

function holdingsTable(measures: SoakMeasures): Table {
  const { before, after, complaints } = measures
  const kinds = [...new Set([...Object.keys(before.resources), ...Object.keys(after.resources)])].sort()
  const row = (name: string, read: (state: SoakMeasures['before']) => number) => [
    name,
    count(read(before)),
    count(read(after)),
  ]
  return {
    title: 'Soak: what the process holds at rest',
    columns: ['what', 'before', 'after'],
    rows: [
      row('requests, attempts, places and waiting', countHeld),
      row('sockets to upstreams', (state) => state.upstreamSockets),
      row('open sockets', ({ open }) => open.sockets),
      row('open pipes and the like', ({ open }) => open.others),
      row('open files, mostly of the database', ({ open }) => open.files),
      ...kinds.map((kind) => row(`active ${kind}`, (state) => state.resources[kind] ?? 0)),
      row('live heap after collection, MiB', (state) => state.liveHeapMib),
      row('resident memory, MiB', (state) => state.residentMib),
    ],
    notes: complaints.map((line) => `printed: ${line.slice(0, 400)}`),
  }
}

export function buildSoakTables(measures: SoakMeasures): Table[] {
  return [outcomesTable(measures), faultsTable(measures), booksTable(measures), holdingsTable(measures)]
}

function judgeHoldings(measures: SoakMeasures): Bar[] {
  const { before, after, complaints, ending } = measures
  return [
    judgeBar({
      name: 'held at rest: requests, attempts, places, waiting, sockets to upstreams',
      limit: '0',
      value: countHeld(after) + after.upstreamSockets,
      isWithin: isNone,
      format: String,
    }),
    judgeBar({
      name: 'open sockets and pipes more than before',
      limit: `≤ ${HANDLE_TOLERANCE}`,
      value: after.open.sockets + after.open.others - before.open.sockets - before.open.others,
      isWithin: (value) => value <= HANDLE_TOLERANCE,
      format: String,
    }),
    judgeBar({
      name: 'timers and other active resources of one kind more than before',
      limit: `≤ ${HANDLE_TOLERANCE}`,
      value: resourceGrowth(measures),
      isWithin: (value) => value <= HANDLE_TOLERANCE,
      format: String,
    }),
    judgeBar({
      name: 'live heap growth, after collection',
      limit: '≤ 20 MB',
      value: after.liveHeapMib - before.liveHeapMib,
      isWithin: (value) => value <= 20,
      format: mib,
    }),
    judgeBar({
      name: 'resident memory growth, minute 3 to the last',
      limit: '≤ 60 MB',
      value: residentGrowth(measures),
      isWithin: (value) => value <= 60,
      format: mib,
    }),
    judgeBar({
      name: 'unhandled rejections, errors of its own, stop not in order',
      limit: '0',
      value: complaints.length + (ending === 0 ? 0 : 1),
      isWithin: isNone,
      format: String,
    }),
  ]
}

/** A soak that met no fault of a kind, or opened no breaker, would prove nothing. */
function judgeReach({ plays, transitions }: SoakMeasures): Bar {
  const opened = new Set(
    transitions.filter(({ toPhase }) => toPhase === 'open').map(({ deploymentId }) => deploymentId),
  )
  return judgeBar({
    name: 'reach: least often played fault; deployments whose breaker opened',
    limit: '≥ 1; all',
    value: Math.min(...Object.values(plays), opened.size - 4),
    isWithin: (value) => value >= 1,
    format: () => `${Math.min(...Object.values(plays))}; ${opened.size} of 5`,
  })
}

export function judgeSoak(measures: SoakMeasures): Bar[] {
  const { result, comparison } = measures
  return [
    judgeBar({
      name: 'callers that got what nobody should get',
      limit: '0',
      value: result.failures,
      isWithin: isNone,
      format: String,
    }),
    ...comparison.differences.map(({ name, times }) =>
      judgeBar({ name, limit: '0', value: times, isWithin: isNone, format: String }),
    ),
    ...judgeHoldings(measures),
    judgeReach(measures),
  ]
}
