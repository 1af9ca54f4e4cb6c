import { findShift, type Shift } from '#lib/costs/find-shift'
import { type SeriesKind, simulateCostSeries } from '#lib/costs/simulate-cost-series'

/** Kinds of series in which nothing happens that a person should be told. */
export const quietKinds: readonly SeriesKind[] = [
  'steady',
  'growing',
  'wandering',
  'uneven',
  'sparse',
  'bursty',
]

/** What is done to a series from one day on. */
export interface InjectedShift {
  name: string
  factor: number
  /** Days it lasts. */
  days: number
}

export const injectedShifts: readonly InjectedShift[] = [
  { name: 'half as much again', factor: 1.5, days: 28 },
  { name: 'twice as much', factor: 2, days: 28 },
  { name: 'three times as much', factor: 3, days: 28 },
  { name: 'a third of it', factor: 1 / 3, days: 28 },
  { name: 'five times as much for one day', factor: 5, days: 1 },
]

export interface ShiftScore {
  /** Shifts told in series where nothing happens, for each series and 28 days of looking at every day's end. */
  falseAlarmsPerMonth: number
  /** The same by kind of series. */
  falseAlarmsByKind: Readonly<Record<string, number>>
  found: readonly {
    name: string
    kind: SeriesKind
    /** Share that was told at the end of the first, within three and within seven days. */
    onDay1: number
    within3: number
    within7: number
    /** Mean distance in days between the start that is told after a week (or then) and the real one. */
    startError: number
  }[]
}

const historyDays = 56
const watchedDays = 28
const minimumUsd = 5
/** A start this far off is another shift. */
const sameStartDays = 3

/** Watches generated series day by day, as the program does; deterministic. */
export function scoreShifts({ series, seed = 1 }: { series: number; seed?: number }): ShiftScore {
  const days = historyDays + watchedDays
  const falseAlarmsByKind = Object.fromEntries(
    quietKinds.map((kind) => {
      const alarms = seeds(series, seed).map((each) =>
        countAlarms(simulateCostSeries({ kind, seed: each, days })),
      )
      return [kind, meanOf(alarms)]
    }),
  )
  const watched: readonly SeriesKind[] = ['steady', 'wandering', 'sparse']
  const found = injectedShifts.flatMap((shift) =>
    watched.map((kind) => {
      const results = seeds(series, seed + 500_000).map((each) =>
        watchShift(simulateCostSeries({ kind, seed: each, days }), shift),
      )
      const within = (limit: number) => meanOf(results.map(({ after }) => (after <= limit ? 1 : 0)))
      const errors = results.flatMap(({ startError }) => (startError === null ? [] : [startError]))
      return {
        ...{ name: shift.name, kind, onDay1: within(1), within3: within(3), within7: within(7) },
        startError: meanOf(errors),
      }
    }),
  )
  return { falseAlarmsPerMonth: meanOf(Object.values(falseAlarmsByKind)), falseAlarmsByKind, found }
}

function seeds(count: number, first: number): number[] {
  return Array.from({ length: count }, (_, index) => first * 7_919 + index)
}

function countAlarms(usd: readonly number[]): number {
  const told: Shift[] = []
  for (let length = historyDays + 1; length <= usd.length; length += 1) {
    const shift = look(usd, length)
    if (shift && !told.some((known) => isSame(known, shift))) told.push(shift)
  }
  return told.length
}

function watchShift(usd: readonly number[], { factor, days }: InjectedShift) {
  const changed = usd.map((value, index) =>
    index >= historyDays && index < historyDays + days ? value * factor : value,
  )
  const real = { start: historyDays, direction: factor > 1 ? 'up' : 'down' } as const
  let after = Number.POSITIVE_INFINITY
  let startError: number | null = null
  for (let length = historyDays + 1; length <= historyDays + 7; length += 1) {
    const shift = look(changed, length)
    if (!shift || !isSame(shift, real)) continue
    after = Math.min(after, length - historyDays)
    startError = Math.abs(shift.start - historyDays)
  }
  return { after, startError }
}

/** As of the end of a day, with what is kept of the past. Starts are indexes of the whole series. */
function look(usd: readonly number[], length: number): Shift | null {
  const first = length - historyDays
  const window = usd.slice(first, length)
  const shift = findShift(
    { firstDay: '', firstWeekday: (4 + first) % 7, usd: window },
    { lastDayShare: 1, minimumUsd },
  )
  return shift && { ...shift, start: shift.start + first, end: shift.end + first }
}

function isSame(a: Pick<Shift, 'start' | 'direction'>, b: Pick<Shift, 'start' | 'direction'>): boolean {
  return a.direction === b.direction && Math.abs(a.start - b.start) <= sameStartDays
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length
}
