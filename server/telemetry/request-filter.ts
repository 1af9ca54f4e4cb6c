import { and, eq, gte, lt, or, type SQL, sql } from 'drizzle-orm'
import type { RequestsQuery } from '#lib/contracts/requests'
import { ledgerEntries } from '#schema/costs'

export type RequestFilter = Omit<RequestsQuery, 'cursor' | 'limit'>

/** The condition for a filter of the request list; `to` is exclusive. An `id` sets all other filters aside. */
export function requestCondition(filter: RequestFilter): SQL | undefined {
  if (filter.id !== undefined) {
    // Spelled so that each alternative has its own index.
    return or(
      eq(ledgerEntries.id, filter.id),
      and(
        eq(ledgerEntries.correlationId, filter.id),
        sql`${ledgerEntries.correlationId} <> ${ledgerEntries.id}`,
      ),
      eq(ledgerEntries.traceId, filter.id),
    )
  }
  const equal = (
    ['outcome', 'tier', 'deploymentId', 'provider', 'model', 'accountId', 'creatorId', 'operation'] as const
  ).flatMap((name) => {
    const value = filter[name]
    return value === undefined ? [] : [eq(ledgerEntries[name], value)]
  })
  return and(
    ...equal,
    filter.from === undefined ? undefined : gte(ledgerEntries.startedAt, new Date(filter.from)),
    filter.to === undefined ? undefined : lt(ledgerEntries.startedAt, new Date(filter.to)),
    // Implied by every such filter; said because it lets the planner use the index of incidents.
    filter.outcome === undefined || filter.outcome === 'success'
      ? undefined
      : sql`${ledgerEntries.outcome} <> 'success'`,
  )
}
