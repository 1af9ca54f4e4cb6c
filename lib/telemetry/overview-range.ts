import type { TimeRangeQuery } from '#lib/contracts/time-range'

export type Grain = 'minute' | 'hour' | 'day'

/** Which roll-ups answer a time range, and how they are cut into steps. Milliseconds since 1970. */
export interface OverviewRange {
  fromMs: number
  /** Never later than now. */
  toMs: number
  stepMs: number
  /** Steps in the range; the last may be under way. */
  steps: number
  trafficGrain: 'minute' | 'hour'
  latencyGrain: Grain
  /** The span just before begins here: as many whole steps, or as many whole days. */
  previousFromMs: number
  previousLatencyGrain: Grain
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** Minute roll-ups are kept for three days; a day's margin covers ranges that end in the past. */
const minuteGrainReachesBackMs = 2 * dayMs
const mostSteps = 120

/**
 * Plans a console time range: whole steps in UTC that end with the one under way. Up to two hours are read by the
 * minute, up to eight days by the hour, more by the day. Null when a custom range lacks an end or is turned around.
 */
export function planOverviewRange(query: TimeRangeQuery, nowMs: number): OverviewRange | null {
  switch (query.range) {
    case '15m':
      return plan({ fromMs: floor(nowMs, minuteMs) - 14 * minuteMs, toMs: nowMs, stepMs: minuteMs })
    case '1h':
      return plan({ fromMs: floor(nowMs, minuteMs) - 59 * minuteMs, toMs: nowMs, stepMs: minuteMs })
    case '24h':
      return plan({ fromMs: floor(nowMs, hourMs) - 23 * hourMs, toMs: nowMs, stepMs: hourMs })
    case '7d':
      return plan({ fromMs: floor(nowMs, dayMs) - 6 * dayMs, toMs: nowMs, stepMs: 6 * hourMs })
    case 'month':
      return plan({ fromMs: monthStart(nowMs), toMs: nowMs, stepMs: dayMs })
    case 'custom':
      return planCustom(query, nowMs)
  }
}

function planCustom(query: TimeRangeQuery, nowMs: number): OverviewRange | null {
  if (!query.from || !query.to) return null
  const fromMs = Date.parse(query.from)
  const toMs = Math.min(Date.parse(query.to), nowMs)
  if (!(fromMs < toMs)) return null
  const spanMs = toMs - fromMs
  const byMinute = spanMs <= 2 * hourMs && fromMs > nowMs - minuteGrainReachesBackMs
  const stepMs = byMinute ? minuteMs : spanMs > 8 * dayMs ? dayStep(spanMs) : hourStep(spanMs)
  const start = floor(fromMs, stepMs)
  return plan({
    fromMs: start,
    toMs: Math.min(nowMs, start + Math.ceil((toMs - start) / stepMs) * stepMs),
    stepMs,
  })
}

function plan({ fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number }): OverviewRange {
  const steps = Math.max(1, Math.ceil((toMs - fromMs) / stepMs))
  const latencyGrain = stepMs % dayMs === 0 ? 'day' : stepMs % hourMs === 0 ? 'hour' : 'minute'
  // Days are the cheapest to read; the span before may be a little longer than the range for it.
  const byDays = fromMs % dayMs === 0 && steps * stepMs > 2 * dayMs
  const previousMs = byDays ? Math.ceil((steps * stepMs) / dayMs) * dayMs : steps * stepMs
  return {
    fromMs,
    toMs: Math.max(toMs, fromMs + 1),
    stepMs,
    steps,
    trafficGrain: latencyGrain === 'minute' ? 'minute' : 'hour',
    latencyGrain,
    previousFromMs: fromMs - previousMs,
    previousLatencyGrain: byDays ? 'day' : latencyGrain,
  }
}

function hourStep(spanMs: number): number {
  const hours = [1, 2, 3, 6, 12].find((n) => spanMs / (n * hourMs) <= mostSteps) ?? 12
  return hours * hourMs
}

function dayStep(spanMs: number): number {
  return Math.ceil(spanMs / dayMs / mostSteps) * dayMs
}

function floor(ms: number, unitMs: number): number {
  return Math.floor(ms / unitMs) * unitMs
}

function monthStart(ms: number): number {
  const date = new Date(ms)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}
