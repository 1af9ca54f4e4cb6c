import { defineRoute } from '#server/http/define-route'
import { readTraining } from '#server/models/read-training'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container }) => readTraining(container.db),
})
