import { readExperiment } from '#server/experiments/read-experiments'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container, params }) => readExperiment(container, params.id ?? ''),
})
