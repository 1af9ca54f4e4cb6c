import { modelReasonBody } from '#lib/contracts/models'
import { defineRoute } from '#server/http/define-route'
import { deedOf } from '#server/models/model-deed'
import { removeDeployment } from '#server/models/version-deployments'

export const POST = defineRoute({
  role: 'admin',
  audits: 'model.remove_deployment',
  body: modelReasonBody,
  handle: (input) => removeDeployment(input.container.models.parts, input.params.id ?? '', deedOf(input)),
})
