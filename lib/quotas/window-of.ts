import type { QuotaWindow } from '#lib/quotas/quota-terms'

/** One span of time, from its first millisecond to the first of the next (its `resetAt`), since 1970. */
export interface WindowSpan {
  startMs: number
  endMs: number
}

const minuteMs = 60_000
const dayMs = 86_400_000
/** The last moment that a date can hold. */
const foreverMs = 8_640_000_000_000_000
const always: WindowSpan = { startMs: 0, endMs: foreverMs }

/** The window in which a moment lies: minutes, days and months of the UTC calendar. */
export function windowOf(window: QuotaWindow, nowMs: number): WindowSpan {
  if (window === 'running') return always
  if (window === 'minute') return span(nowMs, minuteMs)
  if (window === 'day') return span(nowMs, dayMs)
  const now = new Date(nowMs)
  const month = (offset: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)
  return { startMs: month(0), endMs: month(1) }
}

function span(nowMs: number, lengthMs: number): WindowSpan {
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs
  return { startMs, endMs: startMs + lengthMs }
}
