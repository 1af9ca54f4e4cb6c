/** Filters that are handed on as they stand in the address. */
const plain = [
  'kind',
  'action',
  'outcome',
  'actor',
  'subject',
  'resource',
  'correlationId',
  'cursor',
] as const
const dayMs = 86_400_000

/** What the address says, by the names of `auditQuery`; days are UTC days, and the last one belongs to them. */
export function entryFilters(get: (name: string) => string | null): Record<string, string> {
  const found = plain.flatMap((name): [string, string][] => {
    const value = get(name)
    return value ? [[name, value]] : []
  })
  const from = instantOf(get('fromDay'))
  const to = instantOf(get('toDay'))
  return {
    ...Object.fromEntries(found),
    ...(from === null ? {} : { from: new Date(from).toISOString() }),
    ...(to === null ? {} : { to: new Date(to + dayMs).toISOString() }),
  }
}

/** The filters alone: an export has all pages. */
export function withoutCursor({
  cursor: _cursor,
  ...filters
}: Record<string, string>): Record<string, string> {
  return filters
}

/** When the UTC day begins; null for anything that is no day. */
function instantOf(day: string | null): number | null {
  const ms = day && /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}
