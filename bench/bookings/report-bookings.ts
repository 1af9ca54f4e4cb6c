import type { BookedCounts } from '#bench/bookings/booking-messages'
import type { BookingTiming } from '#bench/bookings/drive-bookings'
import { type Bar, judgeBar } from '#bench/report/judge-bar'
import { median } from '#bench/report/median'
import type { Table } from '#bench/report/tables'

export interface DatabaseBookings {
  readonly database: 'embedded' | 'postgres'
  /** All rounds, in the order in which they were run. */
  readonly timings: readonly BookingTiming[]
  /** Requests since the start, the warm-up included. */
  readonly requests: number
  readonly counts: BookedCounts
}

const barPerSecond = 3_000
const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
const names = { embedded: 'embedded (PGlite)', postgres: 'Postgres' }

function levels(timings: readonly BookingTiming[]): number[] {
  return [...new Set(timings.map(({ inFlight }) => inFlight))]
}

function rates(timings: readonly BookingTiming[], inFlight: number): number[] {
  return timings.filter((one) => one.inFlight === inFlight).map(({ requests, ms }) => (requests * 1000) / ms)
}

function row({ database, timings }: DatabaseBookings, inFlight: number): string[] {
  const those = timings.filter((one) => one.inFlight === inFlight)
  const perRequest = (read: (one: BookingTiming) => number | null) => {
    const values = those.map((one) => {
      const ms = read(one)
      return ms === null ? Number.NaN : ms / one.requests
    })
    return Number.isNaN(median(values)) ? '–' : median(values).toFixed(3)
  }
  const all = rates(timings, inFlight)
  return [
    names[database],
    String(inFlight),
    count(median(all)),
    `${count(Math.min(...all))}–${count(Math.max(...all))}`,
    perRequest(({ cost }) => cost.hostCpuMs),
    database === 'embedded' ? '(in it)' : perRequest(({ cost }) => cost.databaseCpuMs),
    (median(those.map(({ cost }) => cost.safe.p50Us)) / 1000).toFixed(2),
    (median(those.map(({ cost }) => cost.safe.p99Us)) / 1000).toFixed(2),
    count(those.reduce((sum, one) => sum + one.requests, 0)),
  ]
}

export function buildBookingTables(all: readonly DatabaseBookings[]): Table[] {
  return [
    {
      title: 'Ledger entry, attempt, roll-ups and audit entry, until the database has them (medians)',
      columns: [
        'database',
        'in flight',
        'requests/s',
        'slowest–fastest',
        'CPU ms/req of the process',
        'of Postgres',
        'safe p50 ms',
        'p99 ms',
        'requests',
      ],
      rows: all.flatMap((one) => levels(one.timings).map((inFlight) => row(one, inFlight))),
    },
    {
      title: 'Found afterwards',
      columns: ['what', ...all.map(({ database }) => names[database])],
      rows: [
        ['requests', ...all.map(({ requests }) => count(requests))],
        ...Object.keys(all[0]?.counts ?? {}).map((what) => [
          what,
          ...all.map(({ counts }) => count(counts[what] ?? 0)),
        ]),
      ],
    },
  ]
}

/** The bar holds with 64 requests in flight; and nothing may be missing or twice. */
export function judgeBookings(all: readonly DatabaseBookings[]): Bar[] {
  return all.flatMap((one) => [
    judgeBar({
      name: `${names[one.database]}: ledger, roll-ups and audit, 64 in flight`,
      limit: `≥ ${count(barPerSecond)}/s`,
      value: median(rates(one.timings, 64)),
      isWithin: (value) => value >= barPerSecond,
      format: (value) => `${count(value)}/s`,
    }),
    judgeBar({
      name: `${names[one.database]}: rows or roll-ups that do not add up`,
      limit: '0',
      value: Object.values(one.counts).filter((found) => found !== one.requests).length,
      isWithin: (value) => value === 0,
      format: String,
    }),
  ])
}
