import { registerVersionBody } from '#lib/contracts/models'
import { defineRoute } from '#server/http/define-route'
import { describeModels } from '#server/models/describe-models'
import { deedOf } from '#server/models/model-deed'
import { registerVersion } from '#server/models/versions'

export const GET = defineRoute({
  role: 'viewer',
  handle: ({ container: { models } }) => describeModels(models.parts, models.workspace !== null),
})

export const POST = defineRoute({
  role: 'operator',
  audits: 'model.register',
  body: registerVersionBody,
  handle: (input) => registerVersion(input.container.models.parts, input.body, deedOf(input)),
})
