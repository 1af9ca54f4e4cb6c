import { jobReasonBody } from '#lib/contracts/training'
import { defineRoute } from '#server/http/define-route'
import { retireJob } from '#server/models/fine-tuning-jobs'
import { deedOf } from '#server/models/model-deed'

export const POST = defineRoute({
  role: 'operator',
  audits: 'fine_tuning.retire',
  body: jobReasonBody,
  handle: (input) => retireJob(input.container.models.parts, input.params.id ?? '', deedOf(input)),
})
