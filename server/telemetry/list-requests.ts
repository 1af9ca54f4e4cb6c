import type { RequestsPage, RequestsQuery } from '#lib/contracts/requests'
import type { Database } from '#server/db/database'
import { decodeCursor, encodeCursor } from '#server/telemetry/request-cursor'
import { requestCondition } from '#server/telemetry/request-filter'
import { positionOf, selectRequests } from '#server/telemetry/request-rows'

/**
 * One page of requests, newest first. Pages neither overlap nor skip, also while new requests arrive.
 * @throws AppError `invalid_request` for a foreign cursor.
 */
export async function listRequests(db: Pick<Database, 'orm'>, query: RequestsQuery): Promise<RequestsPage> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor)
  const found = await selectRequests(db, {
    condition: requestCondition(query),
    after,
    limit: query.limit + 1,
    selective: query.id !== undefined,
  })
  const rows = found.slice(0, query.limit)
  const last = rows.at(-1)
  return { rows, nextCursor: found.length > query.limit && last ? encodeCursor(positionOf(last)) : null }
}
