import { createSeededRandom, type SeededRandom } from '#lib/simulator/create-seeded-random'

/**
 * How a generated series of daily costs behaves: `steady` with noise, `growing` by up to 1.5 % a day, `wandering` by 4 % a
 * day, `uneven` with heavy noise, `sparse` with few requests a day, `bursty` with cost on one day in five, `shifting` once
 * to another level, `spiky` on one day in twenty.
 */
export type SeriesKind =
  | 'steady'
  | 'growing'
  | 'wandering'
  | 'uneven'
  | 'sparse'
  | 'bursty'
  | 'shifting'
  | 'spiky'

/**
 * Daily costs in USD with weekday seasons and noise, from Thursday, 1 January 2026 on; the same seed gives the same days.
 * Levels lie between $20 and $420 a day unless told.
 */
export function simulateCostSeries(options: {
  kind: SeriesKind
  seed: number
  days: number
  levelUsd?: number
}): number[] {
  const { kind, seed, days } = options
  const random = createSeededRandom(seed)
  const weekdays = Array.from({ length: 7 }, () => 0.6 + random.next() * 0.8)
  const noise = kind === 'uneven' ? 0.5 : 0.1 + random.next() * 0.25
  const drift = kind === 'growing' ? random.next() * 0.015 : 0
  const shift = { at: Math.floor(random.next() * days), factor: 0.4 + random.next() * 2 }
  const drawn = 20 + random.next() * 400
  let level = options.levelUsd ?? drawn
  return Array.from({ length: days }, (_, index) => {
    if (kind === 'wandering') level *= Math.exp(normal(random) * 0.04)
    if (kind === 'shifting' && index === shift.at) level *= shift.factor
    level *= 1 + drift
    const spike = kind === 'spiky' && random.next() < 0.05 ? 2 + random.next() * 4 : 1
    const weekday = weekdays[(index + firstWeekday) % 7] ?? 1
    return level * weekday * Math.exp(normal(random) * noise) * spike * busy(kind, random)
  })
}

/** Of the first day, 0 = Sunday. */
const firstWeekday = 4

function busy(kind: SeriesKind, random: SeededRandom): number {
  if (kind === 'sparse') return poisson(random, 3) / 3
  if (kind === 'bursty') return random.next() < 0.2 ? 5 : 0
  return 1
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
