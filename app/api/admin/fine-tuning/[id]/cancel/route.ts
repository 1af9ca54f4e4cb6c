import { jobReasonBody } from '#lib/contracts/training'
import { defineRoute } from '#server/http/define-route'
import { cancelJob } from '#server/models/fine-tuning-jobs'
import { deedOf } from '#server/models/model-deed'

export const POST = defineRoute({
  role: 'operator',
  audits: 'fine_tuning.cancel',
  body: jobReasonBody,
  handle: (input) => cancelJob(input.container.models.parts, input.params.id ?? '', deedOf(input)),
})
