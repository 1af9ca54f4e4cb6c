import { shadowPairsQuery } from '#lib/contracts/shadow'
import { defineRoute } from '#server/http/define-route'
import { listPairs } from '#server/traffic/shadow/read-shadow'

export const GET = defineRoute({
  role: 'viewer',
  query: shadowPairsQuery,
  handle: ({ container, params, query }) => listPairs(container.db, params.id ?? '', query),
})
