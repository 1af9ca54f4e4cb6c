import { type CostDimension, type CostFilter, costDimensions, filterOf } from '#lib/costs/cost-dimensions'
import { ceilToGrain, floorToGrain, nextGrain } from '#lib/costs/time-grain'

/** What the page shows, all of it in the address. */
export interface CostView {
  /** `2026-11`, UTC. */
  month: string
  /** A day of it, `2026-11-23`, or null for the whole month. */
  day: string | null
  by: CostDimension
  filter: CostFilter
}

export const dimensionWords: Readonly<Record<CostDimension, string>> = {
  operation: 'Operation',
  model: 'Model',
  creator: 'Creator',
  deployment: 'Deployment',
  tier: 'Tier',
  provider: 'Provider',
  account: 'Account',
}

/** Reads the view from the address; what does not make sense there is this month by operation. */
export function parseCostView(get: (name: string) => string | null, nowMs: number): CostView {
  const thisMonth = monthOf(nowMs)
  const dayText = get('day')
  const day = dayText && /^\d{4}-\d{2}-\d{2}$/.test(dayText) && dayMs(dayText) !== null ? dayText : null
  const monthText = get('month')
  const month = monthText && dayMs(`${monthText}-01`) !== null ? monthText : (day?.slice(0, 7) ?? thisMonth)
  const filter: Record<string, string> = {}
  for (const dimension of costDimensions) {
    const value = get(filterOf[dimension])
    if (value !== null) filter[filterOf[dimension]] = value
  }
  const by = costDimensions.find((dimension) => dimension === get('by')) ?? 'operation'
  return { month, day: day?.startsWith(month) ? day : null, by, filter }
}

function dayMs(day: string): number | null {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(ms) ? null : ms
}

export function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7)
}

/** The month `steps` away. */
export function stepMonth(month: string, steps: number): string {
  const date = new Date(Date.parse(`${month}-01T00:00:00Z`))
  return monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + steps))
}

export interface CostSpan {
  from: string
  /** Exclusive; absent while the span goes on. */
  to?: string
}

/** The span of the chosen day or month. */
export function costSpan({ month, day }: Pick<CostView, 'month' | 'day'>, nowMs: number): CostSpan {
  const fromMs = Date.parse(`${day ?? `${month}-01`}T00:00:00Z`)
  const toMs = nextGrain(floorToGrain(fromMs, day ? 'day' : 'month'), day ? 'day' : 'month')
  const from = new Date(fromMs).toISOString()
  return toMs > nowMs ? { from } : { from, to: new Date(toMs).toISOString() }
}

/** First instants of the span's days, or of the day's hours, up to now. */
export function costMoments(view: CostView, nowMs: number): string[] {
  const { from, to } = costSpan(view, nowMs)
  const grain = view.day ? 'hour' : 'day'
  const endMs = to ? Date.parse(to) : ceilToGrain(nowMs + 1, grain)
  const moments: string[] = []
  for (let ms = Date.parse(from); ms < endMs; ms = nextGrain(ms, grain))
    moments.push(new Date(ms).toISOString())
  return moments
}

/** The report's query for a view. */
export function costParameters(
  view: Pick<CostView, 'filter' | 'month' | 'day'>,
  nowMs: number,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { ...view.filter, ...costSpan(view, nowMs), ...more }
}

/** The list of the requests that a view, narrowed to one more value, is about. */
export function requestsHref(
  view: CostView,
  narrowed: Readonly<Partial<Record<string, string>>> = {},
): string {
  const grain = view.day ? 'day' : 'month'
  const fromMs = Date.parse(`${view.day ?? `${view.month}-01`}T00:00:00Z`)
  const ends = { from: fromMs, to: nextGrain(fromMs, grain) }
  const params = new URLSearchParams({ range: 'custom' })
  for (const [name, ms] of Object.entries(ends)) params.set(name, new Date(ms).toISOString())
  for (const [name, value] of Object.entries({ ...view.filter, ...narrowed }))
    if (value) params.set(name, value)
  return `/requests?${params}`
}

/** `November 2026`, of a UTC month. */
export function formatMonth(month: string): string {
  return new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  )
}
