import { moveExperimentBody } from '#lib/contracts/experiments'
import { moveExperiment } from '#server/experiments/move-experiment'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'experiment.start',
  body: moveExperimentBody,
  handle: ({ container, actor, body, params, requestId }) =>
    moveExperiment(container, { id: params.id ?? '', command: 'start', actor, body, requestId }),
})
