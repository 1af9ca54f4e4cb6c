import { rangeBounds } from '#components/data/time-range'
import type { TimeRangeQuery } from '#lib/contracts/time-range'

/** Filters of the requests list, named as the API and the address name them. */
export const filterNames = [
  'outcome',
  'tier',
  'deploymentId',
  'provider',
  'model',
  'operation',
  'accountId',
  'creatorId',
  'id',
] as const
type FilterName = (typeof filterNames)[number]
export type RequestFilters = Partial<Record<FilterName, string>>

/** Reads the filters from the address. */
export function parseFilters(get: (name: string) => string | null): RequestFilters {
  const entries = filterNames.flatMap((name) => {
    const value = get(name)
    return value ? [[name, value] as const] : []
  })
  return Object.fromEntries(entries)
}

/** The list's query string: the filters, and the range's bounds as they are at `nowMs`. */
export function requestParameters(parts: {
  filters: RequestFilters
  range: TimeRangeQuery
  nowMs: number
  cursor?: string | null
  limit?: number
}): URLSearchParams {
  const params = new URLSearchParams()
  const { from, to } = rangeBounds(parts.range, parts.nowMs)
  if (from) params.set('from', from)
  if (to) params.set('to', to)
  for (const [name, value] of Object.entries(parts.filters)) if (value) params.set(name, value)
  if (parts.cursor) params.set('cursor', parts.cursor)
  if (parts.limit) params.set('limit', String(parts.limit))
  return params
}
