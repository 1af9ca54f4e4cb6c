/** Milliseconds of a UTC day; UTC knows no summer time. */
export const dayMs = 86_400_000

/** Requests ask for the same day again and again. */
let last = { startMs: Number.NaN, day: '' }

/** The UTC day of an instant, `2026-01-31`. */
export function utcDay(ms: number): string {
  if (ms >= last.startMs && ms < last.startMs + dayMs) return last.day
  const day = new Date(ms).toISOString().slice(0, 10)
  last = { startMs: dayStartMs(day), day }
  return day
}

/** First instant of a UTC day. */
export function dayStartMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`)
}

/** The day that is `days` later; earlier when negative. */
export function addDays(day: string, days: number): string {
  return utcDay(dayStartMs(day) + days * dayMs)
}

/** Whole days from one day to another; 0 for the same. */
export function daysBetween(from: string, to: string): number {
  return Math.round((dayStartMs(to) - dayStartMs(from)) / dayMs)
}

/** 0 = Sunday … 6 = Saturday. */
export function weekdayOf(day: string): number {
  return new Date(dayStartMs(day)).getUTCDay()
}

/** First day of the month that a day lies in. */
export function monthStart(day: string): string {
  return `${day.slice(0, 7)}-01`
}

/** First day of the month after the one that a day lies in. */
export function nextMonthStart(day: string): string {
  return monthStart(addDays(monthStart(day), 31))
}
