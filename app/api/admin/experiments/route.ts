import { createExperimentBody } from '#lib/contracts/experiments'
import { createExperiment } from '#server/experiments/create-experiment'
import { readExperiments } from '#server/experiments/read-experiments'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({ role: 'viewer', handle: ({ container }) => readExperiments(container) })

export const POST = defineRoute({
  role: 'operator',
  audits: 'experiment.create',
  body: createExperimentBody,
  handle: ({ container, actor, body, requestId }) => createExperiment(container, { actor, body, requestId }),
})
