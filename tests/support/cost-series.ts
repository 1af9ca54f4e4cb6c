import { type DayCost, toPicoUsd } from '#lib/costs/day-series'
import { addDays } from '#lib/costs/utc-day'

/** The day at an index of a generated series, which begins with a year. */
export function seriesDate(index: number): string {
  return addDays('2026-01-01', index)
}

export function toDayCosts(usd: readonly number[]): DayCost[] {
  return usd.map((value, index) => ({ day: seriesDate(index), costPicoUsd: toPicoUsd(value) }))
}
