import { defineRoute } from '#server/http/define-route'
import { readJob } from '#server/models/fine-tuning-jobs'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container, params }) => readJob(container.db.orm, params.id ?? ''),
})
