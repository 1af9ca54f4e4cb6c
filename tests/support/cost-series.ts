import { type DayCost, toPicoUsd } from '#lib/costs/day-series'
import { addDays, weekdayOf } from '#lib/costs/utc-day'
import { createSeededRandom, type SeededRandom } from '#lib/simulator/create-seeded-random'

/** How a generated series of daily costs behaves. */
export type SeriesKind = 'steady' | 'growing' | 'wandering' | 'shifting' | 'spiky' | 'sparse'

/** Daily costs in USD with weekday seasons and noise; the same seed gives the same days. */
export function costSeries({ kind, seed, days }: { kind: SeriesKind; seed: number; days: number }): number[] {
  const random = createSeededRandom(seed)
  const weekdays = Array.from({ length: 7 }, () => 0.6 + random.next() * 0.8)
  const noise = 0.1 + random.next() * 0.25
  const drift = kind === 'growing' ? random.next() * 0.015 : 0
  const shift = { at: Math.floor(random.next() * days), factor: 0.4 + random.next() * 2 }
  let level = 20 + random.next() * 400
  return Array.from({ length: days }, (_, index) => {
    if (kind === 'wandering') level *= Math.exp(normal(random) * 0.04)
    if (kind === 'shifting' && index === shift.at) level *= shift.factor
    level *= 1 + drift
    const spike = kind === 'spiky' && random.next() < 0.05 ? 2 + random.next() * 4 : 1
    const requests = kind === 'sparse' ? poisson(random, 3) / 3 : 1
    return (
      level *
      (weekdays[weekdayOf(seriesDate(index))] ?? 1) *
      Math.exp(normal(random) * noise) *
      spike *
      requests
    )
  })
}

/** The day at an index of a generated series, which begins with a year. */
export function seriesDate(index: number): string {
  return addDays('2026-01-01', index)
}

export function toDayCosts(usd: readonly number[]): DayCost[] {
  return usd.map((value, index) => ({ day: seriesDate(index), costPicoUsd: toPicoUsd(value) }))
}

/** Box and Muller's way to a standard normal number. */
function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** Knuth's way to a Poisson number; for small means. */
function poisson(random: SeededRandom, mean: number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random.next(); product > limit; product *= random.next()) count += 1
  return count
}
