export const timeGrains = ['minute', 'hour', 'day', 'month'] as const

/** A span of UTC time by which costs are added up. */
export type TimeGrain = (typeof timeGrains)[number]

const lengthMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** The last instant at or before `ms` with which a grain begins. */
export function floorToGrain(ms: number, grain: TimeGrain): number {
  if (grain === 'month') {
    const date = new Date(ms)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  }
  return Math.floor(ms / lengthMs[grain]) * lengthMs[grain]
}

/** The first instant at or after `ms` with which a grain begins. */
export function ceilToGrain(ms: number, grain: TimeGrain): number {
  const floor = floorToGrain(ms, grain)
  return floor === ms ? ms : nextGrain(floor, grain)
}

/** The beginning of the grain behind the one that begins at `startMs`. */
export function nextGrain(startMs: number, grain: TimeGrain): number {
  if (grain === 'month') {
    const date = new Date(startMs)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
  }
  return startMs + lengthMs[grain]
}
