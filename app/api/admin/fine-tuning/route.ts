import { createJobBody } from '#lib/contracts/training'
import { defineRoute } from '#server/http/define-route'
import { createJob, listJobs } from '#server/models/fine-tuning-jobs'
import { deedOf } from '#server/models/model-deed'

export const GET = defineRoute({
  role: 'viewer',
  handle: async ({ container }) => ({ jobs: await listJobs(container.db.orm) }),
})

export const POST = defineRoute({
  role: 'operator',
  audits: 'fine_tuning.create',
  body: createJobBody,
  handle: (input) => createJob(input.container.models.parts, input.body, deedOf(input)),
})
