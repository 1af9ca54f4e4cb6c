import { deployVersionBody } from '#lib/contracts/models'
import { defineRoute } from '#server/http/define-route'
import { deedOf } from '#server/models/model-deed'
import { deployVersion } from '#server/models/version-deployments'

export const POST = defineRoute({
  role: 'admin',
  audits: 'model.deploy',
  body: deployVersionBody,
  handle: (input) =>
    deployVersion(input.container.models.parts, { ...input.body, id: input.params.id ?? '' }, deedOf(input)),
})
