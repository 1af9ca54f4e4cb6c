import { type DayCost, toUsd } from '#lib/costs/day-series'
import { findShift } from '#lib/costs/find-shift'
import { addDays, daysBetween, weekdayOf } from '#lib/costs/utc-day'

/** A stretch of days that is worth explaining, beside the days it is compared with. Days are UTC, both ends included. */
export interface SpottedChange {
  kind: 'anomaly' | 'week'
  direction: 'up' | 'down'
  startDay: string
  endDay: string
  beforeFrom: string
  beforeTo: string
  ongoing: boolean
  /** Days that it is, the running one as a share. */
  days: number
  expectedUsd: number
}

export interface SpotInput {
  /** Days that cost something, today's part included. */
  costs: readonly DayCost[]
  /** First day that says something: zero before it is no baseline. */
  firstDay: string
  today: string
  /** Share of a day's cost that has usually come by now. */
  todayShare: number
  minimumUsd: number
}

/** The days' costs up to today, gaps as zero. */
export function fillDays({
  costs,
  firstDay,
  today,
}: Pick<SpotInput, 'costs' | 'firstDay' | 'today'>): DayCost[] {
  const known = new Map(costs.map(({ day, costPicoUsd }) => [day, costPicoUsd]))
  return Array.from({ length: daysBetween(firstDay, today) + 1 }, (_, index) => {
    const day = addDays(firstDay, index)
    return { day, costPicoUsd: known.get(day) ?? 0n }
  })
}

/** The clearest anomaly of the last four weeks; null when there is none. */
export function spotAnomaly({
  costs,
  firstDay,
  today,
  todayShare,
  minimumUsd,
}: SpotInput): SpottedChange | null {
  const days = fillDays({ costs, firstDay, today })
  const usd = days.map(({ costPicoUsd }) => toUsd(costPicoUsd))
  const series = { firstDay, firstWeekday: weekdayOf(firstDay), usd }
  const shift = findShift(series, { lastDayShare: todayShare, minimumUsd })
  if (!shift) return null
  return {
    kind: 'anomaly',
    ...{ direction: shift.direction, ongoing: shift.ongoing },
    ...{ days: shift.days, expectedUsd: shift.expectedUsd },
    startDay: addDays(firstDay, shift.start),
    endDay: addDays(firstDay, shift.end - 1),
    beforeFrom: addDays(firstDay, shift.baselineStart),
    beforeTo: addDays(firstDay, shift.start - 1),
  }
}

/** The last seven whole days against the seven before; null where that is less than the minimum, or not known. */
export function spotWeek({ costs, firstDay, today, minimumUsd }: SpotInput): SpottedChange | null {
  const [startDay, beforeFrom] = [addDays(today, -7), addDays(today, -14)]
  if (beforeFrom < firstDay) return null
  const sum = (from: string) => toUsd(sumDays(costs, { from, to: addDays(from, 6) }))
  const [now, expectedUsd] = [sum(startDay), sum(beforeFrom)]
  if (Math.abs(now - expectedUsd) < minimumUsd) return null
  return {
    ...{ kind: 'week', direction: now > expectedUsd ? 'up' : 'down', ongoing: false, days: 7, expectedUsd },
    ...{ startDay, endDay: addDays(today, -1), beforeFrom, beforeTo: addDays(startDay, -1) },
  }
}

/** What the days between two, both included, cost. */
export function sumDays(costs: readonly DayCost[], { from, to }: { from: string; to: string }): bigint {
  return costs.reduce((sum, { day, costPicoUsd }) => (day >= from && day <= to ? sum + costPicoUsd : sum), 0n)
}
