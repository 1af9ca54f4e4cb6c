import { readAlert } from '#server/alerts/list-alerts'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container, params }) => readAlert(container.db, params.id ?? '', container.clock.nowMs()),
})
