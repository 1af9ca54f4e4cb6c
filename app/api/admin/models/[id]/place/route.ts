import { placeVersionBody } from '#lib/contracts/models'
import { defineRoute } from '#server/http/define-route'
import { deedOf } from '#server/models/model-deed'
import { placeVersion } from '#server/models/placements'

export const POST = defineRoute({
  role: 'operator',
  audits: 'model.place',
  body: placeVersionBody,
  handle: (input) =>
    placeVersion(input.container.models.parts, { ...input.body, id: input.params.id ?? '' }, deedOf(input)),
})
