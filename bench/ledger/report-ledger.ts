import type { QueryTiming } from '#bench/ledger/time-queries'
import type { WriteTiming } from '#bench/ledger/write-records'
import { type Bar, judgeBar } from '#bench/report/judge-bar'
import { median } from '#bench/report/median'
import type { Table } from '#bench/report/tables'

/** What the ledger bench measured; times in ms. */
export interface LedgerMeasures {
  readonly rows: number
  readonly writes: readonly (WriteTiming & { readonly name: string })[]
  readonly queries: readonly QueryTiming[]
  readonly cleanStartMs: number
  readonly restartsMs: readonly number[]
  readonly failures: number
}

const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })

export function buildLedgerTables({
  rows,
  writes,
  queries,
  cleanStartMs,
  restartsMs,
}: LedgerMeasures): Table[] {
  return [
    {
      title: 'Ledger writer (entry, attempt and roll-ups, until committed)',
      columns: ['records', 'in flight', 'rows', 'rows/s', 'commit p50 ms', 'p99 ms'],
      rows: writes.map((write) => [
        write.name,
        String(write.inFlight),
        count(write.rows),
        count(write.rowsPerSecond),
        (write.commit.p50Us / 1000).toFixed(2),
        (write.commit.p99Us / 1000).toFixed(2),
      ]),
    },
    {
      title: `Queries over ${count(rows)} ledger rows, over HTTP`,
      columns: ['query', 'median ms', 'p95 ms', 'max ms', 'asked'],
      rows: queries.map((query) => [
        query.name,
        query.medianMs.toFixed(1),
        query.p95Ms.toFixed(1),
        query.maxMs.toFixed(1),
        String(query.asked),
      ]),
    },
    {
      title: `Start to ready with ${count(rows)} ledger rows`,
      columns: ['after', 'ms', 'starts'],
      rows: [
        ['a clean stop', cleanStartMs.toFixed(0), '1'],
        ['kill -9 right after a load (median)', median(restartsMs).toFixed(0), String(restartsMs.length)],
        [
          'kill -9 right after a load (slowest)',
          Math.max(...restartsMs).toFixed(0),
          String(restartsMs.length),
        ],
      ],
    },
  ]
}

export function judgeLedger({ rows, queries, restartsMs, failures }: LedgerMeasures): Bar[] {
  const overviews = queries.filter((query) => query.name.startsWith('overview'))
  return [
    judgeBar({
      name: `Overview at ${count(rows)} rows, slowest range (median)`,
      limit: '≤ 50 ms',
      value: Math.max(...overviews.map((query) => query.medianMs)),
      isWithin: (value) => value <= 50,
      format: (value) => `${value.toFixed(1)} ms`,
    }),
    judgeBar({
      name: `start to ready after kill -9 with ${count(rows)} rows, slowest`,
      limit: '≤ 8000 ms',
      value: Math.max(...restartsMs),
      isWithin: (value) => value <= 8000,
      format: (value) => `${value.toFixed(0)} ms`,
    }),
    judgeBar({
      name: 'failed requests',
      limit: '0',
      value: failures,
      isWithin: (value) => value === 0,
      format: (value) => String(value),
    }),
  ]
}
