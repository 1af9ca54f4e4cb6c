import type { TimeRangeQuery } from '#lib/contracts/time-range'

export type RangeName = TimeRangeQuery['range']

/** Ranges with the words people read. */
export const rangeNames: readonly { value: RangeName; short: string; words: string; brief: string }[] = [
  { value: '15m', short: '15 min', words: 'the last 15 minutes', brief: 'in 15 min' },
  { value: '1h', short: '1 h', words: 'the last hour', brief: 'in 1 h' },
  { value: '24h', short: '24 h', words: 'the last 24 hours', brief: 'in 24 h' },
  { value: '7d', short: '7 d', words: 'the last 7 days', brief: 'in 7 d' },
  { value: 'month', short: 'Month', words: 'this month', brief: 'this month' },
  { value: 'custom', short: 'Custom', words: 'the chosen span', brief: 'in this span' },
]

const spanMs: Partial<Record<RangeName, number>> = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
}

/** The range's bounds at `nowMs`; an open end means "until now". Months are UTC months, as the ledger's are. */
export function rangeBounds(query: TimeRangeQuery, nowMs: number): { from?: string; to?: string } {
  if (query.range === 'custom') return { from: query.from, to: query.to }
  const span = spanMs[query.range]
  if (span !== undefined) return { from: new Date(nowMs - span).toISOString() }
  const now = new Date(nowMs)
  return { from: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString() }
}

/** Reads a range from the address; what does not make sense there is the default. */
export function parseRange(get: (name: string) => string | null): TimeRangeQuery {
  const name = rangeNames.find((range) => range.value === get('range'))?.value ?? '15m'
  if (name !== 'custom') return { range: name }
  const from = isoOrNull(get('from'))
  const to = isoOrNull(get('to'))
  return from && to && from < to ? { range: 'custom', from, to } : { range: '15m' }
}

function isoOrNull(text: string | null): string | null {
  const time = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/** Words for a sentence: `the last 15 minutes`. */
export function rangeWords(range: RangeName): string {
  return rangeNames.find((entry) => entry.value === range)?.words ?? range
}

/** Words for a tight place: `in 15 min`. */
export function rangeBrief(range: RangeName): string {
  return rangeNames.find((entry) => entry.value === range)?.brief ?? range
}
