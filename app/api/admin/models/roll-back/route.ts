import { rollBackVersionBody } from '#lib/contracts/models'
import { defineRoute } from '#server/http/define-route'
import { deedOf } from '#server/models/model-deed'
import { rollBackByHand } from '#server/models/placements'

export const POST = defineRoute({
  role: 'operator',
  audits: 'model.roll_back',
  body: rollBackVersionBody,
  handle: (input) => rollBackByHand(input.container.models.parts, input.body, deedOf(input)),
})
