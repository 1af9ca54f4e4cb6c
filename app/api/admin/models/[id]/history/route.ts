import { versionHistoryQuery } from '#lib/contracts/models'
import { defineRoute } from '#server/http/define-route'
import { versionHistory } from '#server/models/version-history'

export const GET = defineRoute({
  role: 'viewer',
  query: versionHistoryQuery,
  handle: ({ container, params, query }) =>
    versionHistory(container.models.parts, { id: params.id ?? '', days: query.days }),
})
